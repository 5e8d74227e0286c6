package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
)

// columns of a dump: one row for each pause.
var columns = [...]string{"kind", "language", "expect", "channel", "held", "turn", "at", "length", "speech", "voice", "end", "text", "said"}

// dump writes every pause with what is known of it, to fit rules by.
func dump(path string, turns []heardTurn) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	rows := [][]string{columns[:]}
	for i, t := range turns {
		for _, p := range t.pauses {
			rows = append(rows, []string{
				t.kind, t.language, t.expect.String(), t.channel.name, strconv.FormatBool(t.held), strconv.Itoa(i),
				ms(p.at), ms(p.length), ms(p.speech), strconv.FormatFloat(p.voice, 'g', 6, 64), ms(t.end), p.text, t.text,
			})
		}
	}
	return csv.NewWriter(f).WriteAll(rows)
}

func ms(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// load reads a dump, so that a rule can be tried without hearing all again.
func load(path string) ([]heardTurn, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	var turns []heardTurn
	last := ""
	for n, r := range rows[1:] {
		if r[5] != last {
			last = r[5]
			turns = append(turns, heardTurn{spokenTurn: spokenTurn{
				scripted: scripted{kind: r[0], language: r[1], expect: expects()[r[2]], text: r[12]},
				channel:  channelNamed(r[3]), held: r[4] == "true",
			}})
		}
		var v [5]float64
		for i, column := range []int{6, 7, 8, 9, 10} {
			if v[i], err = strconv.ParseFloat(r[column], 64); err != nil {
				return nil, fmt.Errorf("read %s line %d: %w", path, n+2, err)
			}
		}
		t := &turns[len(turns)-1]
		t.end = millis(v[4])
		t.pauses = append(t.pauses, pause{at: millis(v[0]), length: millis(v[1]), speech: millis(v[2]), voice: v[3], text: r[11]})
	}
	return turns, nil
}

func millis(v float64) time.Duration { return time.Duration(v * float64(time.Millisecond)) }

func channelNamed(name string) channel {
	for _, c := range channels {
		if c.name == name {
			return c
		}
	}
	return channel{name: name}
}
