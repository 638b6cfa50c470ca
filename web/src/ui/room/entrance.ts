// All that the first room needs, in one file: each is a request of its own, and a browser makes six at a time.

export { begin } from '../after.ts';
export { ConnectionStatus } from './connection.tsx';
export { PartingBar } from './parting.tsx';
export { RoomPage } from './room.tsx';
