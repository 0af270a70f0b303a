# syntax=docker/dockerfile:1
# The image of the trial: the product, the simulator of WhatsApp, and what strikes. `verify-live --only chaos` builds it, runs it as a
# job, and removes it. Its context is the output of `npm run build -- trial`, and nothing else of the repository.
ARG NODE=node:24-bookworm-slim
ARG RUNTIME=gcr.io/distroless/nodejs24-debian12:nonroot

FROM ${NODE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
COPY client/package.json client/
COPY core/package.json core/
COPY functions/package.json functions/
COPY runner/package.json runner/
COPY sandbox/package.json sandbox/
COPY test/package.json test/
# No script of a package runs.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
COPY . .

FROM ${RUNTIME}
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="holdfast-trial" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /app
COPY --from=packages /app /app
# Processes start again and again here, so they keep what they have compiled.
ENV NODE_ENV=production NODE_COMPILE_CACHE=/tmp/compiled
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "test/reliability/trial/job/main.ts"]
