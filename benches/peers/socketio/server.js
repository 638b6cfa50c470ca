// A chat as Socket.IO's documentation begins it, over TLS: whatever one says, all hear.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { Server } from 'socket.io';

const home = process.argv[2];
const https = createServer({
  key: readFileSync(join(home, 'key.pem')),
  cert: readFileSync(join(home, 'cert.pem')),
});
const io = new Server(https);
io.on('connection', (socket) => {
  socket.on('message', (text) => io.emit('message', text));
});
https.listen(0, '127.0.0.1', () => {
  console.log(`https://127.0.0.1:${https.address().port}`);
});
