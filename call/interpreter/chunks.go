package interpreter

import "github.com/amtsleitung/amtsleitung/call/scribe"

// chunks are the parts of what somebody is saying that were spoken already.
type chunks struct{}

func (c *chunks) begun() bool { return c != nil }

func (i *Interpreter) chunk(*party, scribe.Utterance) {}

func (i *Interpreter) flush(*chunks, *utterance) {}

