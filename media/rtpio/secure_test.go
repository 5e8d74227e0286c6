package rtpio

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func BenchmarkSealOpen(b *testing.B) {
	key := make([]byte, 30)
	s, err := newSecure(&Crypto{Profile: "AES_CM_128_HMAC_SHA1_80", LocalKey: key, RemoteKey: key})
	require.NoError(b, err)
	h, payload := header{typ: 8, ssrc: 3}, make([]byte, 160)
	packet := make([]byte, 0, 200)
	b.ReportAllocs()
	for b.Loop() {
		h.seq++
		packet = append(h.append(packet[:0]), payload...)
		sealed, err := s.seal(packet)
		require.NoError(b, err)
		_, err = s.open(sealed)
		require.NoError(b, err)
	}
}
