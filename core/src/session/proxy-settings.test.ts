import { describe, expect, test } from 'vitest'
import { readProxyServer } from './proxy-settings.ts'

describe('the address of a proxy', () => {
  test.each([
    ['localhost:3128', { scheme: 'http', host: 'localhost', port: 3128 }],
    ['http://10.0.0.5:80', { scheme: 'http', host: '10.0.0.5', port: 80 }],
    ['HTTPS://proxy.example.org:443/', { scheme: 'https', host: 'proxy.example.org', port: 443 }],
    ['[2001:db8::1]:3128', { scheme: 'http', host: '2001:db8::1', port: 3128 }],
  ])('%s is read', (server, read) => expect(readProxyServer(server)).toEqual(read))

  test.each([
    '',
    'localhost',
    'proxy.example.org',
    'user:secret@localhost:3128',
    'localhost:3128/path',
    'localhost:99999',
    'a b:1',
  ])('"%s" is none', (server) => expect(readProxyServer(server)).toBe('address'))

  test.each(['socks5://localhost:1080', 'socks4a://x:1', 'ftp://x:21'])('%s has a protocol that is not spoken', (server) =>
    expect(readProxyServer(server)).toBe('scheme'),
  )
})
