package main

import "github.com/amtsleitung/amtsleitung/stt/wer"

// numerals are written out or not as it pleases each engine and each
// transcript: that is no error of hearing.
var numerals = map[string]string{
	"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
	"null": "0", "eins": "1", "zwei": "2", "drei": "3", "vier": "4", "fünf": "5", "sechs": "6", "sieben": "7", "acht": "8", "neun": "9", "zehn": "10",
	"percent": "%", "prozent": "%",
}

// plain are the words of a text as they are compared.
func plain(text string) []string {
	words := wer.Words(text)
	for i, w := range words {
		if n, ok := numerals[w]; ok {
			words[i] = n
		}
	}
	return words
}
