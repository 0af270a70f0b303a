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
# Peers stay out: Baileys would bring sharp and libvips (LGPL), which the runner does not use. No script of a package runs. Types,
# source maps and manuals, a fifth of the packages, are never loaded; licences stay, whatever the names of their files.
RUN npm ci --omit=dev --omit=peer --ignore-scripts --no-audit --no-fund --loglevel=error && \
    find node_modules -type f ! -iname '*licen[cs]e*' ! -iname '*notice*' ! -iname '*copying*' \
      \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -name '*.md' \) -delete
COPY . .
# The runner's user can write to this folder only, and only while the image is built (see below).
RUN mkdir .compiled && chown 65532:65532 .compiled

FROM ${RUNTIME}
ARG VERSION=unknown
ARG REVISION=unknown
# No label has a time, so that the same sources and bases make the same image.
LABEL org.opencontainers.image.title="holdfast-runner" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0 AND BSD-3-Clause AND GPL-3.0-only AND ISC AND MIT"
WORKDIR /app
COPY --from=packages /app /app
ENV NODE_ENV=production NODE_COMPILE_CACHE=/app/.compiled PROBE_PORT=8080
USER 65532:65532
# Compiles every module once, so that a container starts in two thirds of the time. Without a configuration the runner loads all
# of its modules and ends with code 78. Node keeps a cache per version and user, so the final image has to fill it.
RUN ["/nodejs/bin/node", "-e", "const { status } = require('node:child_process').spawnSync(process.execPath, ['runner/src/start.ts'], { stdio: 'inherit' }); process.exit(status === 78 ? 0 : 1)"]
# Node is process 1, so it receives SIGTERM itself.
ENTRYPOINT ["/nodejs/bin/node"]
# The heap leaves room for buffers in a container of 2 GiB. For another size give these words anew.
CMD ["--max-old-space-size=1400", "--max-semi-space-size=16", "runner/src/start.ts"]
