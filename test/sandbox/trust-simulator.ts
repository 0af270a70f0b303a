import { DEFAULT_CONNECTION_CONFIG, WA_CERT_DETAILS } from '@whiskeysockets/baileys'

// Preloaded into the sandbox's runners, and into nothing else: their Baileys dials the simulator and trusts its root. The
// product has no switch for either.
const { SANDBOX_WHATSAPP_URL: url, SANDBOX_WHATSAPP_ROOT: root } = process.env
if (url) DEFAULT_CONNECTION_CONFIG.waWebSocketUrl = url
if (root) WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(root, 'hex')
