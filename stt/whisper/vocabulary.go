package whisper

import "strings"

// symbols are what Whisper writes for anything but speech: notes of music,
// brackets, speakers' names. The list is that of OpenAI's tokenizer
// (whisper/tokenizer.py, non_speech_tokens); leading dashes and quotes too.
var symbols = strings.Fields(`" # ( ) * + / : ; < = > @ [ \ ] ^ _ ` + "`" + ` { | } ~ 「 」 『 』
	<< >> <<< >>> -- --- -( -[ (' (" (( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪
	♩ ♪ ♫ ♬ ♭ ♮ ♯`)

// suppressed lists the tokens that never belong to a text.
func suppressed(m *model) []token {
	never := make(map[string]bool, 2*len(symbols))
	for _, s := range symbols {
		never[s], never[" "+s] = true, true
	}
	never[" -"], never[" '"] = true, true
	var list []token
	for t := token(0); t < m.special.end; t++ {
		if never[m.text(t)] {
			list = append(list, t)
		}
	}
	for t := m.special.end + 1; t < m.special.firstTimestamp; t++ {
		list = append(list, t)
	}
	return list
}
