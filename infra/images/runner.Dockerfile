# syntax=docker/dockerfile:1
# The image of the runner. Its context is the output of `npm run build -- runner`, and nothing else of the repository:
#   docker build --tag holdfast-runner infra/build/runner
ARG NODE=node:24-bookworm-slim
ARG RUNTIME=gcr.io/distroless/nodejs24-debian12:nonroot

FROM ${NODE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
COPY core/package.json core/
COPY runner/package.json runner/
# Peers stay out: Baileys would bring sharp and libvips (LGPL), which the runner does not use. No script of a package runs.
RUN npm ci --omit=dev --omit=peer --ignore-scripts --no-audit --no-fund --loglevel=error
COPY . .
# The runner's user can write to this folder only, and only while the image is built (see below).
RUN mkdir .compiled && chown 65532:65532 .compiled

FROM ${RUNTIME}
ARG VERSION=unknown
LABEL org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0 AND GPL-3.0-only AND MIT"
WORKDIR /app
COPY --from=packages /app /app
ENV NODE_ENV=production NODE_COMPILE_CACHE=/app/.compiled PROBE_PORT=8080
USER 65532:65532
# Compiles every module once, so that a container starts in two thirds of the time. Without a configuration the runner loads all
# of its modules and ends with code 78. Node keeps a cache per version, flags and user, so the final image has to fill it.
RUN ["/nodejs/bin/node", "--max-old-space-size=1400", "-e", "const { execPath, execArgv } = process; const { status } = require('node:child_process').spawnSync(execPath, [execArgv[0], 'runner/src/start.ts'], { stdio: 'inherit' }); process.exit(status === 78 ? 0 : 1)"]
# Node is process 1, so it receives SIGTERM itself. The heap leaves room for buffers in a container of 2 GiB.
ENTRYPOINT ["/nodejs/bin/node", "--max-old-space-size=1400", "runner/src/start.ts"]
