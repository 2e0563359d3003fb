import type { FastifyInstance } from 'fastify'
import type { IncomingHttpHeaders } from 'node:http'
import type { Config } from '../../config/config.ts'

/** Of the inline script in the template of nhsuk-frontend; a test computes it. */
export const INLINE_SCRIPT = "'sha256-tDOvXJi1PXbg0CWjLCCYSNHRXtps26K4JXkE3M6u/c0='"

/** Pages load nothing from other hosts, and are neither framed nor kept by browsers or proxies. */
export function addPageHeaders(
  scope: FastifyInstance,
  { http: { oidc }, console: { logIn } }: Pick<Config, 'http' | 'console'>,
): void {
  // Logging out posts a form whose answer redirects to the provider, and Chromium checks redirects too.
  const providers = logIn === null || oidc === null ? [] : [oidc.issuer, logIn.logoutUrl].filter((url) => url !== '')
  const provider = providers.map((url) => ` ${new URL(url).origin}`).join('')
  const isSecure = logIn?.publicUrl.startsWith('https:') === true
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${INLINE_SCRIPT}`,
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'none'",
    "connect-src 'self'",
    `form-action 'self'${provider}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ].join('; ')
  scope.addHook('onRequest', async (_request, reply) => {
    void reply.header('content-security-policy', policy)
    void reply.header('permissions-policy', 'camera=(), geolocation=(), microphone=()')
    if (isSecure) void reply.header('strict-transport-security', 'max-age=31536000')
  })
}

/**
 * Whether a form was sent from one of our pages: by `Sec-Fetch-Site`, which browsers set and scripts cannot, or in older browsers by
 * `Origin`.
 */
export function isFromThisSite({ host, origin, ...headers }: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  if (origin === undefined || !URL.canParse(origin)) return false
  return new URL(origin).host === host
}
