package people

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestServiceStops in the middle of a talk: both are hung up, in good order.
func TestServiceStops(t *testing.T) {
	t.Parallel()
	w := newDesk(t)
	tina := w.signIn(t, "tina")
	tina.atPhone(t)
	phone := w.exchange.phone(t, "4811")
	number := w.number()
	c := w.exchange.phone(t, "").dial(t, number)
	c.press(t, '0')
	q := tina.waits(t, number)
	tina.does(t, ofCall(q.Call, "accept"), nil)
	k := phone.next(t)
	together(t, c, k)
	w.stopped = true
	require.NoError(t, w.Stop())
	c.over(t)
	k.over(t)
	require.NotContains(t, w.Log(), "panic")
}
