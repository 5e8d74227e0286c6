package dialplan

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPermit(t *testing.T) {
	p := Plan{Area: "0999", Internal: []string{"2..", "4711"}, Foreign: []string{"+43"}, Allow: []string{"0180 ", "01805"}, Deny: []string{"+49999666"}}
	for text, want := range map[string]string{
		"030 901820":           "+4930901820",
		"+49 (0)30 / 90 18-20": "+4930901820",
		"0049 30 901820":       "+4930901820",
		"0170 1234567":         "+491701234567",
		"0800 1110111":         "+498001110111",
		"90182":                "+4999990182",
		"115":                  "+49115",
		"116117":               "+49116117",
		"213":                  "213",
		"4711":                 "4711",
		"+43 1 4000":           "+4314000",
		"01805 123456":         "+491805123456",
	} {
		n, err := p.Permit(text)
		require.NoError(t, err, text)
		require.Equal(t, want, n.Dial, text)
		require.Equal(t, len(want) < 5, n.Internal, text)
	}
}

func TestRefuse(t *testing.T) {
	p := Plan{Area: "0999", Internal: []string{"2.."}, Deny: []string{"0666"}}
	for text, want := range map[string]error{
		"0900 1234567":    ErrExpensive,
		"+49 900 1234567": ErrExpensive,
		"0049900123456":   ErrExpensive,
		"(0)900-123456":   ErrExpensive,
		"0137 123456":     ErrExpensive,
		"01805 123456":    ErrExpensive,
		"11833":           ErrExpensive,
		"+1 202 5550100":  ErrForeign,
		"0044 20 7946000": ErrForeign,
		"+43 1 4000":      ErrForeign,
		"110":             ErrEmergency,
		"112":             ErrEmergency,
		"+49112":          ErrEmergency,
		"0112":            ErrEmergency,
		"0666 123456":     ErrForbidden,
		"":                ErrNoNumber,
		"sip:a@b":         ErrNoNumber,
		"0":               ErrNoNumber,
		"030 12;ext=1":    ErrNoNumber,
		"٠٩٠٠١٢٣٤":        ErrNoNumber,
		"0000000":         ErrNoNumber,
		"+49 00 900 1234": ErrNoNumber,
	} {
		_, err := p.Permit(text)
		require.ErrorIs(t, err, want, text)
		require.NotContains(t, err.Error(), "\n")
	}
	_, err := Plan{}.Permit("90182")
	require.ErrorIs(t, err, ErrForbidden, "no area code, so nobody knows where it would ring")
}

func TestCheck(t *testing.T) {
	require.NoError(t, Plan{Internal: []string{"2.."}, Foreign: []string{"+43"}}.Check())
	require.Error(t, Plan{Internal: []string{"2[0-9]"}}.Check())
}

// Whatever is permitted is a number and no way round what is forbidden.
func FuzzPermit(f *testing.F) {
	for _, s := range []string{"0900 123456", "+49 (0) 900 1234", "00490900123", "112", "030-12345", "+1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := Plan{Area: "0999"}.Permit(text)
		if err != nil {
			return
		}
		national, ok := strings.CutPrefix(n.Dial, "+49")
		require.True(t, ok, n.Dial)
		require.Empty(t, strings.Trim(national, "0123456789"), n.Dial)
		for _, bad := range append(append([]string{}, expensive...), "0") {
			require.False(t, strings.HasPrefix(national, bad), "%q became %s", text, n.Dial)
		}
	})
}
