package sip

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSipfrag(t *testing.T) {
	for body, want := range map[string]int{
		"SIP/2.0 200 OK\r\n":      200,
		"SIP/2.0 200 OK":          200,
		"SIP/2.0 100":             100,
		"sip/2.0 486 Busy Here\n": 486,
		"SIP/2.0 180 Läutet\r\n":  180,
		"SIP/2.0 603 Decline\r\nTo: <sip:a@b>\r\n\r\nv=0\r\n": 603,
		"SIP/2.0 200 OK\r\nSubject: a\r\n b\r\n":              200,
		"":                                                    0,
		"SIP/2.0 20 OK\r\n":                                   0,
		"SIP/2.0 2000 OK\r\n":                                 0,
		"SIP/2.0 +20 OK\r\n":                                  0,
		"SIP/2.0 099 OK\r\n":                                  0,
		"SIP/2.0 700 OK\r\n":                                  0,
		"SIP/3.0 200 OK\r\n":                                  0,
		" SIP/2.0 200 OK\r\n":                                 0,
		"SIP/2.0  200 OK\r\n":                                 0,
		"INVITE sip:a@b SIP/2.0\r\n":                          0,
		"To: <sip:a@b>\r\n":                                   0,
		"SIP/2.0 200 O\x00K\r\n":                              0,
		"SIP/2.0 200 OK\r\nnot a header\n":                    0,
		"SIP/2.0 200 OK\r\n" + strings.Repeat("A: b\r\n", 2000): 0,
	} {
		code, _, err := sipfrag([]byte(body))
		require.Equal(t, want, code, "%.60q", body)
		require.Equal(t, want == 0, err != nil, "%.60q", body)
	}
}

func FuzzSipfrag(f *testing.F) {
	f.Add([]byte("SIP/2.0 200 OK\r\nTo: <sip:a@b>\r\n\r\n"))
	f.Add([]byte("SIP/2.0 486"))
	f.Fuzz(func(t *testing.T, body []byte) {
		code, why, err := sipfrag(body)
		if err != nil {
			require.ErrorIs(t, err, errSipfrag)
			require.Zero(t, code)
			return
		}
		require.True(t, code >= 100 && code <= 699)
		require.NotContains(t, why, "\n")
		require.True(t, strings.EqualFold("SIP/2.0 ", string(body[:8])))
	})
}

func TestUserToUser(t *testing.T) {
	const id = "01JD0000000000000000000000"
	require.Empty(t, UserToUser(""))
	require.Empty(t, UserToUser("a\r\nb"))
	require.Empty(t, UserToUser(strings.Repeat("a", 128)))
	require.Len(t, UserToUser(strings.Repeat("a", 127)), 2*128+len(";encoding=hex;purpose=isdn-uui;content=isdn-uui"))
	for value, want := range map[string]string{
		UserToUser(id):                          id,
		"04616263;encoding=hex":                 "abc",
		"616263":                                "abc",
		"00616263 ; Encoding = hex":             "abc",
		`"04616263";encoding="hex";purpose=foo`: "abc",
		"616263;encoding=base64":                "",
		"61626":                                 "",
		"zz":                                    "",
		"":                                      "",
		"04":                                    "",
		"0407":                                  "",
		strings.Repeat("61", 128):               "",
	} {
		got, err := ParseUserToUser(value)
		require.Equal(t, want, got, value)
		if want == "" {
			require.ErrorIs(t, err, ErrUserToUser, value)
		}
	}
}

func FuzzParseUserToUser(f *testing.F) {
	f.Add("04616263;encoding=hex;purpose=isdn-uui;content=isdn-uui")
	f.Add(`"616263";encoding="hex"`)
	f.Fuzz(func(t *testing.T, value string) {
		text, err := ParseUserToUser(value)
		if err != nil {
			require.Empty(t, text)
			return
		}
		again, err := ParseUserToUser(UserToUser(text))
		require.NoError(t, err)
		require.Equal(t, text, again)
	})
}

func FuzzParseReplaces(f *testing.F) {
	f.Add("a@b;to-tag=1;from-tag=2;early-only")
	f.Fuzz(func(t *testing.T, value string) {
		r, err := parseReplaces(value)
		if err != nil {
			require.Zero(t, r)
			return
		}
		again, err := parseReplaces(r.String())
		require.NoError(t, err)
		require.Equal(t, r, again)
	})
}
