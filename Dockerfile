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
# What V8's compilers and OpenSSL borrow is given back: one arena instead of eight, and blocks from 24 KiB up as mappings of their own; those
# of 16 KiB, of which each connection takes some for every review, stay in the heap. https://man7.org/linux/man-pages/man3/mallopt.3.html
ENV MALLOC_ARENA_MAX=1
ENV MALLOC_MMAP_THRESHOLD_=24576
ENV MALLOC_TRIM_THRESHOLD_=65536
ENV MALLOC_TOP_PAD_=16384
# a number, so that `runAsNonRoot` can be checked
USER 65532:65532
WORKDIR /
EXPOSE 8443 9090
# For a process that has a part of a processor (docs/benchmarks.md): a young generation of 4 MiB instead of 16, as a review leaves nothing
# behind; it is collected by the thread that waits for that, instead of with others that have to be woken. One optimizing compiler instead
# of three compilers, after 1,000 calls instead of 3,000, and in the same thread: code and borrowed memory of the others are 8 MB.
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=4", "--no-parallel-scavenge", "--no-concurrent-recompilation", "--no-sparkplug", "--no-maglev", "--invocation-count-for-turbofan=1000", "/app/permafrost.mjs"]
CMD ["--help"]
