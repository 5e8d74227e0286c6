// A sender as OBS Studio is one: libdatachannel, an offer with sound and pictures, sent without waiting for candidates, a bearer token, DELETE at
// the end. obs.mjs ADDRESS TOKEN FFMPEG FILE [CHANNELS]: ffmpeg encodes the file in real time, libdatachannel sends it.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import nodeDataChannel from 'node-datachannel';

const [address, token, ffmpeg, file, channels = '2'] = process.argv.slice(2);
const ssrc = { audio: 0x1001, video: 0x1002 };

const peer = new nodeDataChannel.PeerConnection('sender', { iceServers: [] });
const states = [];
const connected = new Promise((resolve, reject) => peer.onStateChange((s) => {
  states.push(s);
  if (s === 'connected') resolve();
  if (s === 'failed' || s === 'closed') reject(new Error(`peer connection ${s}`));
}));
connected.catch(() => {}); // told below

const audioMedia = new nodeDataChannel.Audio('0', 'SendOnly');
audioMedia.addOpusCodec(111, 'minptime=10;maxaveragebitrate=96000;stereo=1;sprop-stereo=1;useinbandfec=1');
audioMedia.addSSRC(ssrc.audio, 'obs', 'stream', 'stream-audio');
const audio = peer.addTrack(audioMedia);
const videoMedia = new nodeDataChannel.Video('1', 'SendOnly');
videoMedia.addH264Codec(96);
videoMedia.addSSRC(ssrc.video, 'obs', 'stream', 'stream-video');
const video = peer.addTrack(videoMedia);

const described = new Promise((resolve) => peer.onLocalDescription((sdp) => resolve(sdp)));
peer.setLocalDescription('Offer');
const offer = await described;
const headers = { Authorization: `Bearer ${token}` };
const response = await fetch(address, { method: 'POST', headers: { ...headers, 'Content-Type': 'application/sdp' }, body: offer });
const body = await response.text();
if (response.status !== 201) throw new Error(`${response.status} ${body}`);
const resource = new URL(response.headers.get('location'), address);
peer.setRemoteDescription(body, 'Answer');
await connected;

const socket = createSocket('udp4');
socket.bind(0, '127.0.0.1');
await once(socket, 'listening');
let sent = 0;
socket.on('message', (packet) => {
  if (packet.length < 12 || (packet[1] >= 192 && packet[1] <= 223)) return; // RTCP
  packet[1] = (packet[1] & 0x80) | 111;
  packet.writeUInt32BE(ssrc.audio, 8);
  if (audio.isOpen() && audio.sendMessageBinary(packet)) sent++;
});
// Pictures go on as if nobody had declined them.
let pictures = 0;
const timer = setInterval(() => {
  const packet = Buffer.alloc(1100);
  packet[0] = 0x80;
  packet[1] = 96;
  packet.writeUInt16BE(pictures & 0xffff, 2);
  packet.writeUInt32BE((pictures * 3000) >>> 0, 4);
  packet.writeUInt32BE(ssrc.video, 8);
  try { if (video.isOpen() && video.sendMessageBinary(packet)) pictures++; } catch { /* closed: as good */ }
}, 33);
const coder = spawn(ffmpeg, ['-v', 'error', '-nostdin', '-re', '-i', file, '-vn', '-ac', channels, '-c:a', 'libopus', '-b:a', '96k',
  '-f', 'rtp', `rtp://127.0.0.1:${socket.address().port}`], { stdio: ['ignore', 'ignore', 'inherit'] });
process.on('exit', () => coder.kill('SIGKILL'));
console.log(JSON.stringify({ event: 'sending', resource: resource.href, video: video.isOpen(), states }));
await once(coder, 'exit');
await wait(300); // the last packets
clearInterval(timer);
const ended = await fetch(resource, { method: 'DELETE', headers });
console.log(JSON.stringify({ event: 'ended', status: ended.status, sent, pictures }));
audio.close();
video.close();
peer.close();
socket.close();
nodeDataChannel.cleanup();
process.exit(0);
