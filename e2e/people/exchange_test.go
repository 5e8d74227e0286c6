package people

import (
	"fmt"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/exchangetest"
	"github.com/amtsleitung/amtsleitung/internal/servicetest"
)

// secret is the password of every telephone.
const secret = exchangetest.Password

// exchange is a running Kamailio and the telephones at it.
type exchange struct {
	port int

	mu     sync.Mutex
	phones []*phone
}

func newExchange(t *testing.T) *exchange {
	t.Helper()
	_, text, err := net.SplitHostPort(servicetest.FreeAddress(t))
	require.NoError(t, err)
	port, err := strconv.Atoi(text)
	require.NoError(t, err)
	exchangetest.Start(t, port, time.Minute)
	return &exchange{port: port}
}

func (x *exchange) address(user string) string {
	return fmt.Sprintf("sip:%s@127.0.0.1:%d", user, x.port)
}

// account is one for a baresip that takes every call.
func (x *exchange) account(user string) string {
	return fmt.Sprintf("<sip:%s@127.0.0.1:%d>;auth_user=%s;auth_pass=%s;regint=60;answermode=auto;audio_codecs=g722/16000/1", user, x.port, user, secret)
}

// quiet waits until no telephone has a call or rings.
func (x *exchange) quiet(t *testing.T) {
	t.Helper()
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, p := range x.phones {
		require.Eventually(t, func() bool { return p.server.Counters().Active == 0 }, within, step, "a call is left at %s", p.user)
	}
}
