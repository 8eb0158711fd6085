# Stage 1: install from the lock file and build.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
RUN npm ci --ignore-scripts
COPY src ./src
RUN npx tsc

# Stage 2: only what runs.
FROM node:24-slim
ENV NODE_ENV=production
# Proposals as branches and pull requests are pushed with git.
RUN apt-get update && apt-get install -y --no-install-recommends git openssh-client ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY --from=build /app/dist ./dist
COPY config ./config
# The state file and a warehouse file lie on a volume that the user of the process may write.
RUN mkdir -p /var/lib/goldsmith && chown node:node /var/lib/goldsmith
VOLUME /var/lib/goldsmith
USER node
# What Node compiled of the sources is kept beside the state: later starts are faster.
ENV NODE_COMPILE_CACHE=/var/lib/goldsmith/compile-cache
# Two pools of memory instead of sixteen: what one thread gave back another takes.
ENV MALLOC_ARENA_MAX=2
EXPOSE 7311
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.GOLDSMITH_PORT ?? '7311') + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=16", "--heap-growing-percent=50", "--no-wasm-tier-up", "--no-wasm-dynamic-tiering", "dist/main.js"]
CMD ["run", "--config", "/etc/goldsmith/goldsmith.yaml"]
