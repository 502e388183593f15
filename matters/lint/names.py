"""Every name a package uses must exist and fit: sources, facts, questions, materials, placeholders."""

from __future__ import annotations

from collections.abc import Iterator

from matters.editions import Compiled
from matters.format.questions import AskedQuestion, Material
from matters.format.templates import placeholders
from matters.lint.problem import Problem
from matters.sources import Sources
from rules import Node, facts_needed
from rules.linting.problems import Severity, check_problems
from rules.linting.problems import problems as condition_problems

_NOT_IN_VOCABULARY = "数据项目录里没有“{name}”，请先写进 uses、form 或 derived"


def problems(compiled: Compiled, *, sources: Sources) -> Iterator[Problem]:
    """Yield the faults of everything that is named."""
    yield from _certificates(compiled, sources)
    yield from _registers(compiled, sources)
    yield from _derivations(compiled)
    yield from _questions(compiled)
    yield from _materials(compiled, sources)
    yield from _checks(compiled)
    yield from _unused(compiled)


def _certificates(compiled: Compiled, sources: Sources) -> Iterator[Problem]:
    for at, use in enumerate(compiled.package.uses.certificates):
        path = f"uses.certificates[{at}]"
        source = sources.types.get(use.type)
        if source is None:
            yield Problem(f"{path}.type", f"没有证照类型“{use.type}”")
            continue
        if source.holder_kind not in {compiled.package.applicant, "either"}:
            yield Problem(f"{path}.type", f"{source.name}的持证主体与本事项的申请人类型不一致")
        for index, name in enumerate(use.fields):
            if name not in source.fields:
                yield Problem(f"{path}.fields[{index}]", f"{source.name}没有字段“{name}”")


def _registers(compiled: Compiled, sources: Sources) -> Iterator[Problem]:
    for at, use in enumerate(compiled.package.uses.registers):
        path = f"uses.registers[{at}]"
        source = sources.registers.get(use.register_)
        if source is None:
            yield Problem(f"{path}.register", f"没有数据共享来源“{use.register_}”")
            continue
        if set(use.key) != set(source.key):
            yield Problem(f"{path}.key", f"查询条件应为：{'、'.join(sorted(source.key))}")
        for parameter, name in use.key.items():
            if name not in compiled.specs or name.startswith(("derived.", "register.")):
                yield Problem(f"{path}.key.{parameter}", _NOT_IN_VOCABULARY.format(name=name))


def _derivations(compiled: Compiled) -> Iterator[Problem]:
    for at, derivation in enumerate(compiled.package.derived):
        if derivation.name not in compiled.specs:
            lacking = [name for name in derivation.origins if name not in compiled.specs]
            for name in lacking or derivation.origins[:1]:
                key = "of" if name == derivation.of else "at"
                yield Problem(f"derived[{at}].{key}", _NOT_IN_VOCABULARY.format(name=name))


def _questions(compiled: Compiled) -> Iterator[Problem]:
    earlier: set[str] = set()
    for at, page in enumerate(compiled.pages):
        for index, question in enumerate(page.questions):
            path = f"form.pages[{at}].questions[{index}]"
            yield from _prefill(compiled, question.prefill, fact=question.fact, path=path)
            yield from _visibility(compiled, question, earlier, path=f"{path}.visible_when")
            yield from _hints(compiled, question, path=path)
            earlier.add(question.fact)
    for at, situation in enumerate(compiled.package.situations):
        if situation.form not in compiled.specs:
            yield Problem(f"situations[{at}].form", f"没有问题“{situation.form}”")


def _visibility(
    compiled: Compiled, question: AskedQuestion, earlier: set[str], *, path: str
) -> Iterator[Problem]:
    if question.visible_when is None:
        return
    yield from _condition(compiled, question.visible_when, path=path)
    for name in sorted(facts_needed(question.visible_when)):
        if name.startswith("form.") and name in compiled.specs and name not in earlier:
            yield Problem(path, f"只能看前面的问题，“{name}”在后面")


def _hints(compiled: Compiled, question: AskedQuestion, *, path: str) -> Iterator[Problem]:
    for at, option in enumerate(question.options):
        for name in placeholders(option.hint):
            if name not in compiled.specs:
                yield Problem(f"{path}.options[{at}].hint", _NOT_IN_VOCABULARY.format(name=name))


def _prefill(compiled: Compiled, prefill: str | None, *, fact: str, path: str) -> Iterator[Problem]:
    if prefill is None:
        return
    spec = compiled.specs.get(prefill)
    if spec is None:
        yield Problem(f"{path}.prefill", _NOT_IN_VOCABULARY.format(name=prefill))
    elif prefill.startswith(("form.", "derived.", "own.", "register.")):
        yield Problem(f"{path}.prefill", "只能由申请人信息或电子证照预填")
    elif spec.type != compiled.specs[fact].type:
        yield Problem(f"{path}.prefill", f"“{prefill}”是 {spec.type} 类型，与问题的类型不一致")


def _materials(compiled: Compiled, sources: Sources) -> Iterator[Problem]:
    registers = {use.register_ for use in compiled.registers}
    for at, material in enumerate(compiled.package.materials):
        path = f"materials[{at}]"
        if material.when is not None:
            yield from _condition(compiled, material.when, path=f"{path}.when")
        for index, replacement in enumerate(material.replaced_by):
            where = f"{path}.replaced_by[{index}]"
            if replacement.certificate is not None and replacement.certificate not in compiled.certificates:
                yield Problem(f"{where}.certificate", f"uses 里没有证照类型“{replacement.certificate}”")
            if replacement.register_ is not None and replacement.register_ not in registers:
                yield Problem(f"{where}.register", f"uses 里没有数据共享来源“{replacement.register_}”")
        yield from _wanted(compiled, material, sources, path=f"{path}.certificate_wanted")
    yield from _uploads(compiled)


def _wanted(compiled: Compiled, material: Material, sources: Sources, *, path: str) -> Iterator[Problem]:
    """Hold the type a material would be replaced by to the types there are: what is counted must have a name."""
    slug = material.certificate_wanted
    if slug is None:
        return
    source = sources.types.get(slug)
    if source is None:
        yield Problem(path, f"没有证照类型“{slug}”，请先登记这种证照")
    elif source.holder_kind not in {compiled.package.applicant, "either"}:
        yield Problem(path, f"{source.name}的持证主体与本事项的申请人类型不一致")
    elif any(replacement.certificate == slug for replacement in material.replaced_by):
        yield Problem(path, f"已经由{source.name}代替，不用再写")


def _uploads(compiled: Compiled) -> Iterator[Problem]:
    """Only materials of the list may be asked for (行政许可法 art. 32): each upload belongs to one."""
    wanted = {question.fact for question in compiled.package.questions if question.is_file}
    for at, material in enumerate(compiled.package.materials):
        if material.upload is not None and material.upload not in wanted:
            yield Problem(f"materials[{at}].upload", f"没有上传文件的问题“{material.upload}”")
    named = {material.upload for material in compiled.package.materials}
    for at, page in enumerate(compiled.pages):
        for index, question in enumerate(page.questions):
            if question.is_file and question.fact not in named:
                message = "上传的文件要属于一项申请材料：请在 materials 里用 upload 写明"
                yield Problem(f"form.pages[{at}].questions[{index}]", message)


def _checks(compiled: Compiled) -> Iterator[Problem]:
    package = compiled.package
    for problem in check_problems(package.checks, compiled.vocabulary, package.outcome):
        path = problem.path.replace("outcome_table", "outcome", 1)
        yield Problem(path, problem.message, warning=problem.severity is Severity.WARNING)
    if not package.checks:
        yield Problem("checks", "至少要有一个核验项")
    openable = {question.fact for question in package.questions} | {
        f"material.{m.code}" for m in package.materials
    }
    for at, check in enumerate(package.checks):
        for index, name in enumerate(check.opens):
            if name not in openable:
                yield Problem(f"checks[{at}].opens[{index}]", f"没有“{name}”这个问题或材料")


def _condition(compiled: Compiled, condition: Node, *, path: str) -> Iterator[Problem]:
    for problem in condition_problems(condition, compiled.vocabulary):
        where = f"{path}.{problem.path}" if problem.path else path
        yield Problem(where, problem.message, warning=problem.severity is Severity.WARNING)


def _unused(compiled: Compiled) -> Iterator[Problem]:
    """What is read must be used: no field of a certificate is read for nothing (个人信息保护法 art. 6)."""
    used = facts_used(compiled)
    for at, use in enumerate(compiled.package.uses.certificates):
        for index, name in enumerate(use.fields):
            if f"cert.{use.type}.{name}" not in used:
                yield Problem(f"uses.certificates[{at}].fields[{index}]", f"读取了“{name}”但没有用到，请删去")
    for at, register in enumerate(compiled.package.uses.registers):
        if not any(name.startswith(f"register.{register.register_}.") for name in used):
            yield Problem(f"uses.registers[{at}]", f"查询了“{register.register_}”但没有用到，请删去")


def facts_used(compiled: Compiled) -> frozenset[str]:
    """Return every fact a package reads anywhere: judged on, shown, asked with, written into the certificate."""
    package = compiled.package
    conditions = [q.visible_when for q in package.questions] + [m.when for m in package.materials]
    shown = facts_needed([c for c in conditions if c is not None], vocabulary=compiled.vocabulary)
    keys = {name for use in package.uses.registers for name in use.key.values()}
    sources = package.result.certificate.fields.values()
    texts = [package.result.sentence, *(source.text for source in sources if source.text)]
    written = {name for source in sources for name in (source.fact, source.otherwise) if name}
    written |= {n for text in texts for n in placeholders(text)}
    if package.result.names is not None:
        written.add(package.result.names.fact)
    return compiled.needed | compiled.prefills | shown | keys | written
