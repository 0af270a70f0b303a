# syntax=docker/dockerfile:1
# The image of the API as a server. Its context is the output of `npm run build -- server`, and nothing else of the repository:
#   docker build --tag holdfast-server infra/build/server
ARG NODE=node:24-bookworm-slim
ARG RUNTIME=gcr.io/distroless/nodejs24-debian12:nonroot

FROM ${NODE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# No script of a package runs.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
COPY . .

FROM ${RUNTIME}
ARG VERSION=unknown
LABEL org.opencontainers.image.title="holdfast-server" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0 AND MIT"
WORKDIR /app
COPY --from=packages /app /app
ENV NODE_ENV=production PORT=8080
USER 65532:65532
# Node is process 1, so it receives SIGTERM itself.
ENTRYPOINT ["/nodejs/bin/node"]
# The heap leaves room for buffers in a container of 512 MiB. For another size give these words anew.
CMD ["--enable-source-maps", "--max-old-space-size=384", "index.js"]
