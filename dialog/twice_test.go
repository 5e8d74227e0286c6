package dialog_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/dialogtest"
)

// askingAgain are the sentences that want to hear the same again, in the same
// or another manner.
func askingAgain() []string {
	return []string{
		"noch einmal", "langsamer", "schneller", "lauter bitte", "leichte Sprache bitte", "wieder normal sprechen", "zurück",
		"English please", "auf Deutsch bitte", "Türkçe konuşabilir miyiz", "stimmt nicht", "nein, am Ende fünf", "die letzte ist eine neun",
	}
}

var sentenceMark = regexp.MustCompile(`[.!?:]\s+`)

// digitsOnly is a number that is read back.
var digitsOnly = regexp.MustCompile(`^((null|eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|oh|zero|one|two|three|four|five|six|seven|eight|nine)[ ,]*)+$`)

// TestNothingTwice: in long random calls no sentence of the bot's own comes in
// two turns in a row, unless the caller asked to hear it again. What articles
// and the caller's own number say may come again when they are asked for.
func TestNothingTwice(t *testing.T) {
	texts := sentences()
	articles := ""
	for _, a := range dialogtest.Musterstadt().Articles {
		for _, v := range a.Variants {
			articles += v.Answer + " " + v.More + " " + v.Title + " "
			for _, f := range v.Facts {
				articles += f + " "
			}
		}
	}
	articles = strings.NewReplacer("*", "", "\n", " ", "- ", "").Replace(articles)
	turns := 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 3))
		o := options()
		o.Languages = []string{"de", "en"}
		c := dialog.New(o)
		previous := map[string]bool{}
		for step := range 60 {
			e := arbitrary(r, texts)
			switch {
			case step == 0:
				e = dialog.Event{Kind: dialog.Start, Now: friday}
			case e.Kind == dialog.Start:
				continue
			}
			actions := collect(t, c, e)
			if len(actions) == 0 {
				continue
			}
			again := slices.Contains(askingAgain(), strings.TrimSpace(e.Text)) || e.Digit == '*' || e.Digit == '9'
			now := map[string]bool{}
			for _, s := range sentenceMark.Split(said(actions)+" ", -1) {
				if s = strings.TrimSpace(s); len(strings.Fields(s)) >= 3 && !strings.Contains(articles, s) && !digitsOnly.MatchString(s) {
					now[s] = true
				}
			}
			turns++
			for s := range now {
				if previous[s] && !again {
					t.Errorf("seed %d: %q again after %+v", seed, s, e)
				}
			}
			if said(actions) != "" {
				previous = now
			}
		}
	}
	require.Greater(t, turns, 3000)
	t.Logf("%d turns", turns)
}
