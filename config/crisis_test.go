package config

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSurge(t *testing.T) {
	c, err := Read(strings.NewReader("surge: {calls: 12, wait: 1500ms}\n"))
	require.NoError(t, err)
	require.Equal(t, Surge{Calls: 12, Wait: 1500 * time.Millisecond}, c.Surge)
	_, err = Read(strings.NewReader("surge: {calls: -1, wait: -2s}\n"))
	require.ErrorContains(t, err, "surge.calls: must not be negative")
	require.ErrorContains(t, err, "surge.wait: must not be negative")
}
