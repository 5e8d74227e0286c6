package lexical

import "math/bits"

// Limits of fuzzy matching.
const (
	minTypo = 4 // letters of a word that may hold a typing error
	minCode = 3 // digits of a phonetic code worth comparing
	minLoud = 5 // digits of a code that may differ in one place
	maxSpan = 4 // words that a recogniser may have torn one word into
)

// signature is the set of letters of a word, to skip most comparisons.
func signature(word string) uint64 {
	var s uint64
	for _, r := range word {
		s |= 1 << (uint(r) & 63)
	}
	return s
}

// typos lists the words of the vocabulary within the edit distance that the
// length allows: 1 up to seven letters, else 2. Nearest only.
func (x *Index) typos(surface string) []int {
	if len(surface) < minTypo {
		return nil
	}
	limit := 1
	if len(surface) > 7 {
		limit = 2
	}
	letters := signature(surface)
	var found []int
	best := limit
	for i := range x.words {
		w := &x.words[i]
		if abs(len(w.surface)-len(surface)) > best || len(w.surface) < minTypo || bits.OnesCount64(w.letters^letters) > 2*best {
			continue
		}
		d := distance(surface, w.surface, best)
		if d < best {
			best, found = d, found[:0]
		}
		if d <= best {
			found = append(found, i)
		}
	}
	return found
}

// distance is the optimal string alignment distance of two folded words
// (insert, delete, replace, swap neighbours), or limit+1 when it is larger.
func distance(a, b string, limit int) int {
	const longest = 48
	if len(a) > longest || len(b) > longest || abs(len(a)-len(b)) > limit {
		return limit + 1
	}
	var rows [3][longest + 1]int
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		row, above, twice := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, twice[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if least > limit {
			return limit + 1
		}
	}
	return min(rows[len(a)%3][len(b)], limit+1)
}

// sounds lists words that sound like the given letters; near allows one
// different sound in long words.
func (x *Index) sounds(letters string, near bool) []int {
	code := Cologne(letters)
	if len(code) < minCode {
		return nil
	}
	if exact := x.codes[code]; len(exact) > 0 || !near || len(code) < minLoud {
		return exact
	}
	var found []int
	for other, words := range x.codes {
		if len(other) >= minLoud && abs(len(other)-len(code)) <= 1 && distance(code, other, 1) <= 1 {
			found = append(found, words...)
		}
	}
	return found
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
