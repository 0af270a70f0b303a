// Ends a process of the sandbox when its parent ends in any way. Every child preloads this file. The channel to the parent does
// not keep the process alive.
process.on('disconnect', () => process.exit())
process.channel?.unref()
