package recording

import "github.com/amtsleitung/amtsleitung/stt/wer"

// kept is what of clips is found again where they are joined.
type kept struct {
	clips, first, last int
	missing            []string // nothing of them is there
}

// keptOf compares what was heard of each clip alone with what was heard of
// all in a row: word by word, in their order.
func keptOf(alone []string, heard string) (k kept) {
	var said []string
	for _, a := range alone {
		said = append(said, wer.Words(a)...)
	}
	found := common(said, wer.Words(heard))
	at := 0
	for _, a := range alone {
		n := len(wer.Words(a))
		if n == 0 {
			continue
		}
		k.clips++
		any := false
		for _, f := range found[at : at+n] {
			any = any || f
		}
		if !any {
			k.missing = append(k.missing, a)
		}
		if found[at] {
			k.first++
		}
		if found[at+n-1] {
			k.last++
		}
		at += n
	}
	return k
}

// common marks the words of a that a longest common subsequence with b has.
func common(a, b []string) []bool {
	length := make([][]int, len(a)+1)
	for i := range length {
		length[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			length[i][j] = max(length[i+1][j], length[i][j+1])
			if a[i] == b[j] {
				length[i][j] = 1 + length[i+1][j+1]
			}
		}
	}
	found := make([]bool, len(a))
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			found[i] = true
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return found
}
