package bergamot

// canary is a sentence of the source language that its models can translate:
// one comes out empty or unchanged where a file is damaged. Languages that are
// not in the list get an English one, which other models change, too, since
// they try to read it.
func canary(language string) string {
	if sentence, ok := canaries[language]; ok {
		return sentence
	}
	return "Hello, good morning, where is the town hall of this city?"
}

// canaries ask for the town hall in the languages that models exist for.
var canaries = map[string]string{
	"ar": "أين مبنى البلدية؟", "az": "Bələdiyyə binası haradadır?", "be": "Дзе знаходзіцца ратуша?", "bg": "Къде е кметството?",
	"bn": "টাউন হল কোথায়?", "bs": "Gdje je gradska vijećnica?", "ca": "On és l'ajuntament?", "cs": "Kde je radnice?",
	"da": "Hvor er rådhuset?", "de": "Wo ist das Rathaus?", "el": "Πού είναι το δημαρχείο;", "en": "Where is the town hall?",
	"es": "¿Dónde está el ayuntamiento?", "et": "Kus on raekoda?", "fa": "ساختمان شهرداری کجاست؟", "fi": "Missä kaupungintalo on?",
	"fr": "Où est la mairie ?", "gu": "ટાઉન હોલ ક્યાં છે?", "he": "איפה בניין העירייה?", "hi": "टाउन हॉल कहाँ है?",
	"hr": "Gdje je gradska vijećnica?", "hu": "Hol van a városháza?", "id": "Di mana balai kota?", "is": "Hvar er ráðhúsið?",
	"it": "Dov'è il municipio?", "ja": "市役所はどこですか。", "kn": "ಟೌನ್ ಹಾಲ್ ಎಲ್ಲಿದೆ?", "ko": "시청이 어디에 있습니까?",
	"lt": "Kur yra rotušė?", "lv": "Kur ir rātsnams?", "ml": "ടൗൺ ഹാൾ എവിടെയാണ്?", "ms": "Di mana dewan bandaran?",
	"mt": "Fejn hi l-muniċipju?", "nb": "Hvor er rådhuset?", "nl": "Waar is het stadhuis?", "nn": "Kvar er rådhuset?", "no": "Hvor er rådhuset?",
	"pl": "Gdzie jest ratusz?", "pt": "Onde fica a câmara municipal?", "ro": "Unde este primăria?", "ru": "Где находится ратуша?",
	"sk": "Kde je radnica?", "sl": "Kje je mestna hiša?", "sq": "Ku është bashkia?", "sr": "Где је градска кућа?", "sv": "Var ligger stadshuset?",
	"ta": "நகர மண்டபம் எங்கே உள்ளது?", "te": "టౌన్ హాల్ ఎక్కడ ఉంది?", "th": "ศาลากลางอยู่ที่ไหน", "tr": "Belediye binası nerede?",
	"uk": "Де знаходиться ратуша?", "vi": "Tòa thị chính ở đâu?", "zh": "市政厅在哪里？",
}
