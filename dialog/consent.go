package dialog

import "context"

// keyed takes the keys of a question for yes or no: 1, and 2 or #; false means
// that another key was pressed.
func keyed(key rune, accept, decline func()) bool {
	switch key {
	case '1':
		accept()
	case '2', '#':
		decline()
	default:
		return false
	}
	return true
}

// spoken takes a yes or no in words; false means that something else was said.
func (c *Conversation) spoken(ctx context.Context, r *reply, u utterance, accept, decline func()) bool {
	switch c.yesNo(ctx, r, u) {
	case yes:
		accept()
	case no:
		decline()
	default:
		return false
	}
	return true
}
