package rtpio

import (
	"bytes"
	"fmt"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// secure holds the SRTP contexts of both directions. Sending belongs to the
// media loop, receiving to the readers under the session's lock.
type secure struct {
	key      Crypto
	out, in  *srtp.Context
	outHead  rtp.Header
	inHead   rtp.Header
	inRTCP   rtcp.Header
	sealed   []byte
	unsealed []byte
}

// replayWindow is how many packets back a replay is recognised (RFC 3711 section 3.3.2 asks for 64).
const replayWindow = 128

// newSecure checks the keys; without any it is nil, which means plain RTP.
func newSecure(c *Crypto) (*secure, error) {
	if c == nil {
		return nil, nil
	}
	profile, keyLen, saltLen, err := profileOf(c.Profile)
	if err != nil {
		return nil, err
	}
	for side, key := range map[string][]byte{"local": c.LocalKey, "remote": c.RemoteKey} {
		if len(key) != keyLen+saltLen {
			return nil, fmt.Errorf("SRTP %s: %s key has %d bytes, needs %d", c.Profile, side, len(key), keyLen+saltLen)
		}
	}
	out, err := srtp.CreateContext(c.LocalKey[:keyLen], c.LocalKey[keyLen:], profile)
	if err != nil {
		return nil, fmt.Errorf("SRTP %s: %w", c.Profile, err)
	}
	in, err := srtp.CreateContext(c.RemoteKey[:keyLen], c.RemoteKey[keyLen:], profile,
		srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(replayWindow))
	if err != nil {
		return nil, fmt.Errorf("SRTP %s: %w", c.Profile, err)
	}
	return &secure{key: *c, out: out, in: in}, nil
}

// same says whether the keys are unchanged, so that rollover counters and the
// replay window go on (RFC 3711 section 3.3.1).
func (s *secure) same(c *Crypto) bool {
	if s == nil || c == nil {
		return s == nil && c == nil
	}
	return s.key.Profile == c.Profile &&
		bytes.Equal(s.key.LocalKey, c.LocalKey) && bytes.Equal(s.key.RemoteKey, c.RemoteKey)
}

// seal encrypts a packet; the result is valid until the next call.
func (s *secure) seal(packet []byte) (sealed []byte, err error) {
	s.sealed, err = s.out.EncryptRTP(s.sealed[:0], packet, &s.outHead)
	return s.sealed, err
}

// open checks and decrypts a packet; the result is valid until the next call.
func (s *secure) open(packet []byte) ([]byte, error) {
	opened, err := s.in.DecryptRTP(s.unsealed[:0], packet, &s.inHead)
	if err != nil {
		return nil, err
	}
	s.unsealed = opened
	return opened, nil
}

func (s *secure) sealControl(packet []byte) ([]byte, error) {
	return s.out.EncryptRTCP(nil, packet, nil)
}

func (s *secure) openControl(packet []byte) ([]byte, error) {
	return s.in.DecryptRTCP(nil, packet, &s.inRTCP)
}

// profileOf maps the names of RFC 4568 section 6.2 and RFC 7714 section 14.
func profileOf(name string) (p srtp.ProtectionProfile, key, salt int, err error) {
	switch name {
	case "AES_CM_128_HMAC_SHA1_80":
		p = srtp.ProtectionProfileAes128CmHmacSha1_80
	case "AES_CM_128_HMAC_SHA1_32":
		p = srtp.ProtectionProfileAes128CmHmacSha1_32
	case "AES_256_CM_HMAC_SHA1_80", "AES_CM_256_HMAC_SHA1_80":
		p = srtp.ProtectionProfileAes256CmHmacSha1_80
	case "AES_256_CM_HMAC_SHA1_32", "AES_CM_256_HMAC_SHA1_32":
		p = srtp.ProtectionProfileAes256CmHmacSha1_32
	case "AEAD_AES_128_GCM":
		p = srtp.ProtectionProfileAeadAes128Gcm
	case "AEAD_AES_256_GCM":
		p = srtp.ProtectionProfileAeadAes256Gcm
	default:
		return 0, 0, 0, fmt.Errorf("SRTP profile %q is not supported: use AES_CM_128_HMAC_SHA1_80", name)
	}
	if key, err = p.KeyLen(); err != nil {
		return 0, 0, 0, err
	}
	salt, err = p.SaltLen()
	return p, key, salt, err
}
