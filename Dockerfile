# syntax=docker/dockerfile:1
# One image for the web server, the worker, the timetable and the migration job: they differ by their command.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements.txt ./
RUN /venv/bin/python -m pip install --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=portal.settings STATIC_ROOT=/srv/static
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin portal \
    && install -d -o portal -m 0755 /srv/static && install -d -o portal -m 0700 /var/lib/portal/state /var/lib/portal/timetable /var/lib/portal/files /var/lib/portal/seal-keys /var/lib/portal/switch
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
USER portal
# The static files need settings, and settings need keys: throw-away ones, which no image layer keeps.
RUN python docker/collect_static.py
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["python", "docker/healthy.py"]
CMD ["python", "-m", "gunicorn", "-c", "portal/gunicorn.py", "-b", "0.0.0.0:8000", "portal.wsgi:application"]
