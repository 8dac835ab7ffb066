# syntax=docker/dockerfile:1

# glibc, not Alpine: wheels for musl are missing for some of what later parts need.
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/topicdesk
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY core ./core
COPY bot ./bot
COPY gateway ./gateway
COPY sandbox ./sandbox
COPY locales ./locales
RUN /opt/topicdesk/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt '.[postgres]'

FROM python:3.12-slim
# ffmpeg makes files fit for the other side; libmagic is for a later part (WhatsApp Web lines).
RUN apt-get update \
    && apt-get install -y --no-install-recommends ffmpeg libmagic1 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --user-group --home-dir /data --no-create-home --shell /usr/sbin/nologin topicdesk \
    && install -d -o topicdesk -g topicdesk -m 0700 /data
COPY --from=build /opt/topicdesk /opt/topicdesk
ENV PATH=/opt/topicdesk/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TOPICDESK_DATA_DIR=/data \
    TOPICDESK_HOST=0.0.0.0
WORKDIR /data
USER topicdesk
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ.get('TOPICDESK_PORT', '8080') + '/healthz', timeout=4)"]
ENTRYPOINT ["topicdesk"]
CMD ["run"]
