/**
 * Who asked for something, as records name them, in words: `Ada Okafor, console` is Ada Okafor, `HTTP 10.0.0.7` the API, `reval sync` the
 * command line. Records of other forms stay as they are.
 */
export function person(by: string): string {
  if (by === '') return 'someone not on record'
  if (by === 'reval') return 'the service itself'
  if (by.startsWith('reval ')) return 'the command line'
  const console = /^(.*), console$/su.exec(by)?.[1]
  if (console !== undefined) return console === 'anyone on this machine' ? 'somebody on this machine' : console
  const address = /^HTTP (.*)$/su.exec(by)?.[1]
  if (address !== undefined) return `the API, ${address}`
  const subject = /^(.*), HTTP \S+$/su.exec(by)?.[1]
  return subject === undefined ? by : `${subject}, through the API`
}
