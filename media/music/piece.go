package music

// piece is the hold music as notes: 16 bars of 6 steps, in F major, for a
// vibraphone. Numbers are MIDI notes (69 is 440 Hz); 0 rests.
//
// It was written for this product. It stays above 250 Hz, where telephones
// begin to carry, leaves room between its notes and has no tone that swells or
// glides, as voices do.
var piece = [...]bar{
	{[6]int{65, 72, 76, 79, 76, 72}, [6]int{84, 0, 0, 0, 81, 0}},
	{[6]int{65, 72, 76, 79, 76, 72}, [6]int{79, 0, 0, 0, 0, 0}},
	{[6]int{62, 69, 72, 77, 72, 69}, [6]int{81, 0, 0, 84, 0, 0}},
	{[6]int{62, 69, 72, 77, 72, 69}, [6]int{77, 0, 0, 0, 0, 0}},
	{[6]int{70, 74, 77, 81, 77, 74}, [6]int{82, 0, 0, 0, 81, 0}},
	{[6]int{70, 74, 77, 81, 77, 74}, [6]int{79, 0, 77, 0, 0, 0}},
	{[6]int{67, 72, 74, 79, 74, 72}, [6]int{76, 0, 0, 0, 79, 0}},
	{[6]int{67, 72, 76, 79, 76, 72}, [6]int{84, 0, 0, 0, 0, 0}},
	{[6]int{69, 72, 76, 79, 76, 72}, [6]int{88, 0, 0, 0, 86, 0}},
	{[6]int{69, 72, 76, 79, 76, 72}, [6]int{84, 0, 0, 0, 0, 0}},
	{[6]int{62, 69, 74, 77, 74, 69}, [6]int{86, 0, 0, 81, 0, 0}},
	{[6]int{62, 69, 74, 77, 74, 69}, [6]int{77, 0, 0, 0, 0, 0}},
	{[6]int{67, 70, 74, 77, 74, 70}, [6]int{82, 0, 0, 0, 79, 0}},
	{[6]int{67, 70, 74, 77, 74, 70}, [6]int{77, 0, 0, 0, 74, 0}},
	{[6]int{67, 72, 76, 79, 76, 72}, [6]int{76, 0, 0, 0, 0, 0}},
	{[6]int{60, 67, 72, 76, 72, 67}, [6]int{79, 0, 0, 0, 0, 0}},
}

// bar is 3 s: a broken chord, and a melody above it.
type bar struct{ chord, melody [6]int }
