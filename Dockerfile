# syntax=docker/dockerfile:1
# The image of every role: the one binary, and what it is linked with. docker build --tag connectus:local .
#
# It is linked with glibc and not with musl: under many threads the allocator of musl is several times slower, and to bring
# another one along would take a dependency and C code. distroless/cc has glibc and libgcc, and no shell. TLS to mail servers
# brings its own certificates. There is no PostgreSQL in it: the role `all` wants DATABASE_URL here.

FROM docker.io/library/rust:1.95.0-bookworm AS chef
RUN cargo install --locked cargo-chef@0.1.78
WORKDIR /src

FROM chef AS recipe
COPY . .
RUN cargo chef prepare --recipe-path /recipe.json

# The layer of the dependencies, which lasts until a Cargo.toml or Cargo.lock changes.
FROM chef AS build
COPY --from=recipe /recipe.json /recipe.json
COPY deploy/build.sh deploy/
RUN deploy/build.sh chef cook --recipe-path /recipe.json
COPY . .
RUN deploy/build.sh build

FROM gcr.io/distroless/cc-debian12:nonroot
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="ConnectUS" \
    org.opencontainers.image.description="The back end of a volunteering network: one binary, a role for each process" \
    org.opencontainers.image.source="https://github.com/connectus/connectus" \
    org.opencontainers.image.licenses="MIT OR Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
COPY --from=build /src/target/release/connectus /connectus
USER 65532:65532
EXPOSE 8080 50051
ENTRYPOINT ["/connectus"]
