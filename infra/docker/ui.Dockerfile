# The labeling app as static files. Build from the repository root: docker build -f infra/docker/ui.Dockerfile .
FROM node:24.21.0-bookworm-slim AS built
WORKDIR /allod
COPY . .
RUN npm ci --no-audit --no-fund && cd labeling-ui && npx vite build

FROM nginxinc/nginx-unprivileged:1.29-alpine
COPY infra/docker/ui.nginx.conf /etc/nginx/conf.d/default.conf
COPY --from=built /allod/labeling-ui/dist /usr/share/nginx/html
EXPOSE 8080
