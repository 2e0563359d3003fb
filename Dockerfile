# One image for all four services; the command selects the service: start tcs, start integration, …

FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# The optional dependencies are Node binaries, which the image does not need.
RUN npm ci --omit=optional --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY bin ./bin
COPY scripts/copy-console-files.ts ./scripts/
COPY src ./src
RUN npm run build && npm prune --omit=dev --omit=optional --no-audit --no-fund

FROM node:24-slim
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/tmp/reval-compile-cache \
    REVAL_DATA_DIR=/data
WORKDIR /app
COPY package.json LICENSE ./
COPY bin ./bin
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
# Data directory of the embedded backends, and integration's scratch directory.
RUN mkdir -p /data/scratch && chown -R node:node /data
USER node
# Where the root is read-only, a volume mounted here keeps this owner.
VOLUME /data/scratch
EXPOSE 8088
# Liveness only: a restart would not fix an unreachable server (/health/ready).
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.REVAL_PORT || 8088) + '/health/live').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/app/bin/reval"]
CMD ["start"]
