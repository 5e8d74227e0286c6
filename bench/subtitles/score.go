package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/stt/wer"
)

// score is what one contestant reached in one talk.
type score struct {
	lags         []time.Duration // of the words that were heard as offline, in their order
	ends         []time.Duration // where those words end in the audio
	errors       wer.Count
	erasure      float64 // settled words taken away, for each that stayed
	shownErasure float64 // the same with the words that are still open
	first, last  int     // of clips: the word was heard
	spans        int
	cut          bool
	words        int
	behind       time.Duration
	note         string
}

// judge compares what was heard with what was said, and with when it was said.
func judge(t *talk, h *heard) score { return judgeJournal(t, &h.log, h.cut) }

func judgeJournal(t *talk, j *journal, cut bool) score {
	final := j.final()
	text := texts(final)
	s := score{spans: len(t.spans), cut: cut, words: len(final), behind: j.behind, note: j.note}
	s.errors = wer.Compare(strings.Join(t.words, " "), strings.Join(text, " "))
	stayed := float64(max(1, len(final)))
	s.erasure, s.shownErasure = float64(j.erased)/stayed, float64(j.waved)/stayed
	reference := t.reference()
	for i, k := range aligned(wordTexts(reference), text) {
		if k >= 0 {
			s.lags = append(s.lags, final[k].since-reference[i].end)
			s.ends = append(s.ends, reference[i].end)
		}
	}
	s.first, s.last = kept(t, text)
	return s
}

// kept counts the clips whose first and last words were heard.
func kept(t *talk, text []string) (first, last int) {
	at := aligned(t.words, text)
	for _, s := range t.spans {
		if s.from == s.to {
			continue
		}
		if at[s.from] >= 0 {
			first++
		}
		if at[s.to-1] >= 0 {
			last++
		}
	}
	return first, last
}

// aligned is, for each said word, which heard word is it, or -1: the way of
// least edits through both (Levenshtein).
func aligned(said, heard []string) []int {
	n, m := len(said), len(heard)
	ways := make([]byte, (n+1)*(m+1)) // 0: both, 1: said only, 2: heard only
	row := make([]int, m+1)
	for j := range row {
		row[j], ways[j] = j, 2
	}
	for i := 1; i <= n; i++ {
		diagonal := row[0]
		row[0], ways[i*(m+1)] = i, 1
		for j := 1; j <= m; j++ {
			cost, way := diagonal, byte(0)
			if said[i-1] != heard[j-1] {
				cost++
			}
			if row[j]+1 < cost {
				cost, way = row[j]+1, 1
			}
			if row[j-1]+1 < cost {
				cost, way = row[j-1]+1, 2
			}
			diagonal, row[j], ways[i*(m+1)+j] = row[j], cost, way
		}
	}
	out := make([]int, n)
	for i, j := n, m; i > 0; {
		switch ways[i*(m+1)+j] {
		case 0:
			i, j = i-1, j-1
			out[i] = -1
			if said[i] == heard[j] {
				out[i] = j
			}
		case 1:
			i--
			out[i] = -1
		default:
			j--
		}
	}
	return out
}

// parts of a written word, as error rates count them.
func parts(text string, end time.Duration) []word {
	var out []word
	for _, p := range plain(text) {
		out = append(out, word{p, end})
	}
	return out
}

func wordTexts(words []word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.text
	}
	return out
}

func quantile(values []time.Duration, q float64) time.Duration {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// head is that of the Markdown table.
func head() string {
	return "| engine | lag p50 | lag p95 | wrong words | settled words erased | shown words erased | first words | last words | CPU s | of real time | peak memory |\n" +
		"|---|---|---|---|---|---|---|---|---|---|---|\n"
}

func row(name string, s score, u usage) string {
	if s.cut {
		name += " (cut off while it was still busy)"
	}
	return fmt.Sprintf("| %s | %.2f s | %.2f s | %.1f %% | %.2f | %.2f | %d of %d | %d of %d | %.1f | %.2f | %d MB |\n", name,
		quantile(s.lags, 0.5).Seconds(), quantile(s.lags, 0.95).Seconds(), 100*s.errors.Rate(), s.erasure, s.shownErasure,
		s.first, s.spans, s.last, s.spans, u.cpu.Seconds(), u.cpu.Seconds()/u.audio.Seconds(), u.peak>>20)
}

// ceiling are the rows of what was heard offline.
func ceiling(t *talk) string {
	var b strings.Builder
	cycle := media.Duration(len(t.cycle)).Seconds()
	for _, o := range t.offline {
		first, last := kept(t, wordTexts(t.rounds(o)))
		fmt.Fprintf(&b, "| %s offline, beam 5, %s | - | - | %.1f %% | - | - | %d of %d | %d of %d | %.1f | %.2f | %d MB |\n", fasterWhisper, o.way,
			100*t.wrong(o).Rate(), first, len(t.spans), last, len(t.spans), o.used.cpu.Seconds()*t.length().Seconds()/cycle,
			o.used.cpu.Seconds()/cycle, o.used.peak>>20)
	}
	return b.String()
}
