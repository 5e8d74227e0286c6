package rtpio

import (
	"testing"

	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"
)

func TestHeaderAsOthersWriteIt(t *testing.T) {
	want := header{marker: true, typ: 101, seq: 65535, timestamp: 4000000000, ssrc: 0xDEADBEEF}
	p := rtp.Packet{Header: rtp.Header{Version: 2, Marker: true, PayloadType: 101, SequenceNumber: 65535,
		Timestamp: 4000000000, SSRC: 0xDEADBEEF, CSRC: []uint32{1, 2, 3}}, Payload: []byte("voice")}
	require.NoError(t, p.SetExtension(5, []byte{1, 2, 3}))
	b, err := p.Marshal()
	require.NoError(t, err)
	h, payload, err := parse(b)
	require.NoError(t, err)
	require.Equal(t, want, h)
	require.Equal(t, "voice", string(payload))
	var back rtp.Packet
	require.NoError(t, back.Unmarshal(append(want.append(nil), "voice"...)))
	require.Equal(t, want.ssrc, back.SSRC)
	require.True(t, back.Marker)
	require.Equal(t, "voice", string(back.Payload))
}

func TestBadPackets(t *testing.T) {
	good := append(header{typ: 8}.append(nil), 1, 2, 3, 4)
	change := func(f func(b []byte)) []byte {
		b := append([]byte(nil), good...)
		f(b)
		return b
	}
	for name, b := range map[string][]byte{
		"nothing":           nil,
		"short":             good[:11],
		"version 1":         change(func(b []byte) { b[0] = 0x40 }),
		"STUN":              change(func(b []byte) { b[0] = 0x00 }),
		"CSRC beyond end":   change(func(b []byte) { b[0] |= 15 }),
		"padding of 0":      change(func(b []byte) { b[0] |= 0x20; b[15] = 0 }),
		"padding of 200":    change(func(b []byte) { b[0] |= 0x20; b[15] = 200 }),
		"padding of header": change(func(b []byte) { b[0] |= 0x20; b[15] = 5 }),
		"long extension":    change(func(b []byte) { b[0] |= 0x10; b[14], b[15] = 255, 255 }),
	} {
		_, _, err := parse(b)
		require.ErrorIs(t, err, errPacket, name)
	}
	_, payload, err := parse(change(func(b []byte) { b[0] |= 0x20; b[15] = 2 }))
	require.NoError(t, err)
	require.Equal(t, []byte{1, 2}, payload)
}

// pion's parser is the judge for what both accept.
func FuzzParse(f *testing.F) {
	f.Add(append(header{typ: 8}.append(nil), 1, 2, 3, 4))
	f.Add([]byte{0xB2, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0xBE, 0xDE, 0, 0, 1, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, payload, err := parse(b)
		if err != nil {
			return
		}
		require.LessOrEqual(t, len(payload), len(b)-headerSize)
		var judge rtp.Packet
		if judge.Unmarshal(b) == nil {
			require.Equal(t, judge.SequenceNumber, h.seq)
			require.Equal(t, judge.SSRC, h.ssrc)
			require.Equal(t, len(judge.Payload), len(payload))
		}
	})
}

// A session takes any bytes from anybody without harm.
func FuzzIncoming(f *testing.F) {
	f.Add(append(header{typ: 8}.append(nil), 1, 2, 3, 4), uint8(0))
	f.Add(append(header{typ: eventPT, marker: true}.append(nil), 5, 10, 0, 160), uint8(1))
	f.Add([]byte{0x80, 200, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0}, uint8(2))
	f.Fuzz(func(t *testing.T, b []byte, mode uint8) {
		s := New(Options{})
		p := Params{Send: pcma, Receive: []Codec{pcma, wide}, EventPT: eventPT, Mux: mode&1 != 0, Remote: strangers[0]}
		if mode&2 != 0 {
			p.Crypto = &Crypto{Profile: "AES_CM_128_HMAC_SHA1_80", LocalKey: make([]byte, 30), RemoteKey: make([]byte, 30)}
		}
		require.NoError(t, s.Update(p))
		l, err := s.newLoop()
		require.NoError(t, err)
		defer l.close()
		for _, from := range strangers {
			s.incoming(b, from)
			s.fromControl(b, from)
		}
		require.NoError(t, l.take(0))
		for range 10 {
			l.deliver()
		}
		require.LessOrEqual(t, s.Stats().Received, uint64(2))
	})
}
