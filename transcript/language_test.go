package transcript

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPrimary(t *testing.T) {
	for tag, want := range map[string]string{"de": "de", "de-leicht": "de", "DE-AT": "de", " zh-Hans-CN ": "zh", "": "", "-x": ""} {
		require.Equal(t, want, Primary(tag), tag)
	}
}
