package espeak

import "strings"

// Phonemes returns how a sentence sounds in IPA, with its punctuation kept
// where Piper's voices were taught to pause. The voice is espeak-ng's own name,
// "en-us".
func (s *Synthesizer) Phonemes(text, voice string) (string, error) {
	var b strings.Builder
	for text = plain(text); text != ""; {
		clause, mark := text, ""
		if end := clauseEnd(text); end >= 0 {
			clause, mark = text[:end], text[end:end+1]
		}
		text = text[len(clause)+len(mark):]
		said, err := s.clause(clause, voice)
		if err != nil {
			return "", err
		}
		if b.Len() > 0 && said != "" {
			b.WriteByte(' ')
		}
		b.WriteString(said)
		if b.Len() > 0 {
			b.WriteString(mark)
		}
	}
	return b.String(), nil
}

// clauseEnd finds the first mark that is not inside a number or a name, or -1.
func clauseEnd(text string) int {
	for from := 0; ; {
		i := strings.IndexAny(text[from:], ",.;:!?")
		if i < 0 {
			return -1
		}
		at := from + i
		if at+1 == len(text) || strings.IndexByte(" ,.;:!?", text[at+1]) >= 0 {
			return at
		}
		from = at + 1
	}
}

func (s *Synthesizer) clause(text, voice string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	return s.engine.phonemes(voice, text)
}
