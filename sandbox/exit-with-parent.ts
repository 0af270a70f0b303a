// Preloaded into every child of the sandbox: it ends when the process that started it is gone, however that one went. The
// channel to the parent is no reason to stay alive.
process.on('disconnect', () => process.exit())
process.channel?.unref()
