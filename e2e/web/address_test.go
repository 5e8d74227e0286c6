package web_test

import (
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// freeAddress is an address of this machine that is the test's until it ends,
// for servers that open their port themselves, also more than once: the system
// gives nobody else a port that something is bound to, and lets a server listen
// where nobody does.
func freeAddress(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Close(fd) })
	require.NoError(t, syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1))
	at := netip.MustParseAddr("127.0.0.1")
	require.NoError(t, syscall.Bind(fd, &syscall.SockaddrInet4{Addr: at.As4()}))
	name, err := syscall.Getsockname(fd)
	require.NoError(t, err)
	bound, ok := name.(*syscall.SockaddrInet4)
	require.True(t, ok)
	return net.JoinHostPort(at.String(), strconv.Itoa(bound.Port))
}

// TestFreeAddress serves twice at an address that is nobody else's.
func TestFreeAddress(t *testing.T) {
	address := freeAddress(t)
	for range 2 {
		ln, err := net.Listen("tcp", address)
		require.NoError(t, err)
		require.NoError(t, ln.Close())
	}
	require.NotEqual(t, address, freeAddress(t))
}
