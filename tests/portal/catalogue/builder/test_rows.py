"""What may be chosen is told as text, whatever a writer called it."""

from __future__ import annotations

from portal.catalogue.builder.rows import options


def test_a_name_is_text_in_an_option_and_its_group() -> None:
    told = options((("“甲”<b>&", (('a"b', "<i>乙</i>"), ("c", "丙"))), ("", (("'d'", "丁"),))), 'a"b')
    assert told == (
        '<optgroup label="“甲”&lt;b&gt;&amp;">'
        '<option value="a&quot;b" selected>&lt;i&gt;乙&lt;/i&gt;</option><option value="c">丙</option></optgroup>'
        '<option value="&#x27;d&#x27;">丁</option>'
    )
