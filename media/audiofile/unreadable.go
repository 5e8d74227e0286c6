package audiofile

import (
	"bytes"
	"errors"
)

// ErrUnknown says that no decoder here reads the file; the text of the error
// says what it is, where that can be told, and what to do.
var ErrUnknown = errors.New("it is no WAV, FLAC, MP3 or Ogg Opus file; install ffmpeg to read other formats")

// unreadable is a kind of file that is known, and why it is not read. It is ErrUnknown.
type unreadable struct{ kind, why string }

func (u unreadable) Error() string {
	return "it is " + u.kind + ", which only ffmpeg reads: " + u.why
}

func (unreadable) Is(target error) bool { return target == ErrUnknown }

// What to do about it.
const (
	noFFmpeg = "install it (Debian: apt-get install ffmpeg), or make it WAV, FLAC, MP3 or Ogg Opus"
	noPath   = "give the path of a file, as ffmpeg has to seek in it"
)

// signature is how files of a kind begin.
type signature struct {
	at    int
	bytes string
	kind  string
}

// kinds are those that people have, see the registrations of their media types.
func kinds() []signature {
	return []signature{
		{4, "ftyp", "MP4 or M4A (AAC)"},
		{0, "\x1A\x45\xDF\xA3", "WebM or Matroska"},
		{0, "OggS", "Ogg that is not Opus"},
		{0, "\xFF\xF1", "AAC"},
		{0, "\xFF\xF9", "AAC"},
		{0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11", "WMA or WMV"},
		{8, "AIFF", "AIFF"},
		{8, "AIFC", "AIFF"},
		{8, "AVI ", "AVI"},
		{0, "caff", "CAF"},
		{0, "#!AMR", "AMR"},
		{0, ".snd", "AU"},
		{0, "FLV\x01", "FLV"},
		{0, "\x00\x00\x01\xBA", "MPEG"},
	}
}

// explain gives the error for what begins like head and was refused.
func explain(refused error, head []byte, why string) error {
	if known := (unreadable{}); errors.As(refused, &known) {
		return unreadable{known.kind, why}
	}
	if !errors.Is(refused, ErrUnknown) {
		return refused
	}
	for _, k := range kinds() {
		if len(head) >= k.at && bytes.HasPrefix(head[k.at:], []byte(k.bytes)) {
			return unreadable{k.kind, why}
		}
	}
	return ErrUnknown
}
