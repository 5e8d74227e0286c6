package sip

import (
	"context"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/stretchr/testify/require"
)

// Who was hung up on while they owed us an ACK is hung up on once.
func TestAHungUpCallIsNotHungUpAgain(t *testing.T) {
	h, legs := captured()
	bot := start(t, Options{Trunks: []Trunk{loopback()}, T1: 10 * time.Millisecond}, h)
	p := newPeer(t, bot.Addr("udp"))
	p.call()
	l := <-legs
	l.settled(t)
	p.send("INVITE", p.sdp())
	require.Equal(t, 200, p.response("INVITE").Status)
	hung := make(chan error, 1)
	go func() { hung <- l.Hangup(context.Background(), leg.CauseNormal) }()
	bye := p.request("BYE")
	for repeated := 0; repeated < 2; { // by then nobody waits for the ACK any more
		m := p.next(10 * time.Second)
		require.NotNil(t, m)
		if m.Method == "BYE" {
			require.Equal(t, bye.Get("CSeq"), m.Get("CSeq"))
			repeated++
		}
	}
	p.reply(bye, "200 OK", "")
	require.NoError(t, <-hung)
}
