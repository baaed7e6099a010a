# The image of Permafrost. `make image` builds it; where no container registry can be reached, scripts/image puts the same final stage
# on a base of Debian packages and takes its settings from the instructions below (one a line, in JSON form).
#
# SOURCE_DATE_EPOCH and a fixed order of files make the same source give the same image:
#   docker buildx build --output type=docker,rewrite-timestamp=true .    podman build --timestamp $SOURCE_DATE_EPOCH .

# Node 24 and the libraries it needs; no shell, no package manager. Any base with Node 24 at /nodejs/bin/node will do.
ARG BASE=gcr.io/distroless/nodejs24-debian12:nonroot
ARG BUILDER=docker.io/library/node:24-bookworm-slim

FROM ${BUILDER} AS bundle
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# without scripts: the builder has Node already, which the package `node` would fetch again
RUN npm ci --ignore-scripts --loglevel=error
COPY scripts/bundle.ts scripts/
COPY profiles profiles
COPY src src
RUN node scripts/bundle.ts

FROM ${BASE}
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Permafrost"
LABEL org.opencontainers.image.description="Makes Kubernetes containers immutable at run time: a mutating admission webhook"
LABEL org.opencontainers.image.licenses="Apache-2.0"
LABEL org.opencontainers.image.version="${VERSION}"
LABEL org.opencontainers.image.revision="${REVISION}"
COPY --from=bundle --chmod=0644 /src/dist/app/* /app/
ENV NODE_ENV=production
# Of the container's memory limit; the rest is for buffers, TLS and Node itself. Without it the heap may grow to 259 MiB in a container
# of 256 MiB (measured), and the kernel kills before V8 sees a reason to collect.
ENV NODE_OPTIONS=--max-old-space-size-percentage=60
# What V8's compilers and OpenSSL borrow is given back: one arena instead of eight, blocks from 16 KiB up as mappings of their own, and no
# reserve at the top. Without it memory after 20,000 reviews is half as much again. https://man7.org/linux/man-pages/man3/mallopt.3.html
ENV MALLOC_ARENA_MAX=1
ENV MALLOC_MMAP_THRESHOLD_=16384
ENV MALLOC_TRIM_THRESHOLD_=16384
ENV MALLOC_TOP_PAD_=0
# a number, so that `runAsNonRoot` can be checked
USER 65532:65532
WORKDIR /
EXPOSE 8443 9090
# A young generation of 3 x 2 MiB instead of 3 x 16: a review leaves nothing behind, so that there is little to copy at a collection.
# One optimizing compiler instead of two, and that one after 500 calls instead of 3,000: 10 MB less, and no slower (docs/benchmarks.md).
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=2", "--no-maglev", "--invocation-count-for-turbofan=500", "/app/permafrost.mjs"]
CMD ["--help"]
