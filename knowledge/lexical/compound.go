package lexical

import "strings"

// Least lengths of the parts of a compound, in folded letters.
const (
	minPart       = 4
	minHead       = 5 // of a known last part after an unknown first part
	maxCompound   = 40
	minCompound   = 8
	maxLinkLetter = 2
)

// links are the letters that German puts between the parts of a compound.
var links = [...]string{"", "s", "n", "en", "es", "er", "e"}

// split returns the terms of the parts of a compound that the documents know:
// "ausweisantrag" -> ausweis, antrag. A known head after an unknown first part
// counts alone ("pudelsteuer" -> steuer). Only German is split.
func (x *Index) split(surface string) []int32 {
	if x.analyzer.language != "de" || len(surface) < minCompound || len(surface) > maxCompound {
		return nil
	}
	if parts := x.splitAll(surface, 3); len(parts) > 1 {
		return parts
	}
	for cut := 3; cut <= len(surface)-minHead; cut++ {
		if i, ok := x.surfaces[surface[cut:]]; ok {
			return []int32{x.words[i].term}
		}
	}
	return nil
}

// splitAll covers the whole word with at most depth known words, longest first.
func (x *Index) splitAll(surface string, depth int) []int32 {
	if depth == 0 {
		return nil
	}
	for cut := len(surface) - minPart; cut >= minPart; cut-- {
		i, ok := x.surfaces[surface[:cut]]
		if !ok {
			continue
		}
		if rest := x.splitRest(surface[cut:], depth-1); rest != nil {
			return append([]int32{x.words[i].term}, rest...)
		}
	}
	return nil
}

func (x *Index) splitRest(rest string, depth int) []int32 {
	for _, link := range links {
		tail, ok := strings.CutPrefix(rest, link)
		if !ok || len(tail) < minPart {
			continue
		}
		if i, ok := x.surfaces[tail]; ok {
			return []int32{x.words[i].term}
		}
		if more := x.splitAll(tail, depth); more != nil {
			return more
		}
	}
	return nil
}
