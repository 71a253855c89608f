# Every Node service of Allod: `--target api` (api and worker), `--target keeper`, `--target setup`.
# Build from the repository root: docker build -f infra/docker/service.Dockerfile --target api .
FROM node:24.21.0-bookworm-slim AS base
WORKDIR /allod
ENV NODE_OPTIONS="--enable-source-maps --disable-warning=ExperimentalWarning"

FROM base AS dependencies
COPY package.json package-lock.json ./
COPY contracts/package.json contracts/
COPY contracts/protocol/package.json contracts/protocol/
COPY api/package.json api/
COPY mobile-sdk/package.json mobile-sdk/
COPY labeling-ui/package.json labeling-ui/
COPY infra/dev/package.json infra/dev/
COPY infra/keepers/package.json infra/keepers/
COPY test/package.json test/
RUN npm ci --no-audit --no-fund

FROM dependencies AS sources
COPY . .

FROM sources AS built-api
RUN npx tsc -p api/tsconfig.build.json \
  && cd api/src && find . -name '*.graphql' -exec cp --parents {} ../dist/ \;

FROM dependencies AS production
RUN npm prune --omit=dev --no-audit --no-fund

FROM production AS api
COPY contracts/abi contracts/abi
COPY contracts/deploy contracts/deploy
COPY contracts/protocol contracts/protocol
COPY api/schema.graphql api/
COPY --from=built-api /allod/api/dist api/dist
RUN mkdir -p /data && chown node:node /data
USER node
EXPOSE 4000
CMD ["node", "api/dist/main.js"]

FROM production AS keeper
COPY contracts/abi contracts/abi
COPY contracts/protocol contracts/protocol
COPY infra/keepers/src infra/keepers/src
RUN mkdir -p /keeper && chown node:node /keeper
USER node
EXPOSE 7470
CMD ["node", "infra/keepers/src/main.ts", "--config", "/keeper/config.json"]

# Deploys the contracts on a development chain, deals the key network and writes what the other services read.
FROM production AS setup
COPY contracts/abi contracts/abi
COPY contracts/deploy contracts/deploy
COPY contracts/protocol contracts/protocol
COPY infra/keepers/src infra/keepers/src
COPY infra/dev/src infra/dev/src
CMD ["node", "infra/dev/src/setup.ts"]
