package lexical

// stopWords are words that carry no topic: function words and what people say
// around a question on the telephone. Question words that tell two articles
// apart ("wann", "wo") are kept out of the topic as well; the embeddings see them.
func stopWords(language string) string {
	switch language {
	case "de":
		return `der die das den dem des ein eine einen einem einer eines kein keine keinen keiner keinem und oder aber auch noch nur
schon sehr so wie was wer wen wem wo wann warum wieso weshalb woher wohin welche welcher welches welchen ich du er sie es wir ihr mich
mir dich dir ihn ihm uns euch ihnen mein meine meinen meinem meiner meins dein deine deinen sein seine seinen seinem seiner ihre ihren
ihrem ihrer unser unsere unseren unserem unserer bin bist ist sind seid war waren gewesen werde wird werden wurde wurden worden habe hab
hat hast haben hatte hatten gehabt kann kannst können könnte könnten konnte muss müssen musst müsste müssten soll sollen sollte darf
dürfen dürfte will willst wollen wollte möchte möchten mag würde würden in im an am auf aus bei beim bis durch für fürs gegen mit nach
ohne über um unter von vom vor zu zum zur zwischen wegen seit als wenn dass ob weil denn da dann hier dort jetzt nun mal halt eben doch
ja nein nicht nichts etwas alles man sich mehr viel viele vielen wenig ganz gar etwa ungefähr eigentlich bitte danke gern gerne hallo
guten tag morgen abend moin servus grüß gott äh ähm hm also naja ne gell oder sagen sag sagt gesagt mach mache machen macht gemacht
geht gehen gehts ging gegangen gibt geben gibts tun tue tut getan lassen lasse lässt wissen weiß frage fragen gefragt brauche brauch
brauchen braucht kriege krieg kriegt kriegen bekomme bekommen bekommt bekommst hole holen hätte hätten gerade grad einfach überhaupt
dafür dazu davon damit darauf daran darüber dabei dessen deren dieser diese dieses diesen diesem jene jeder jede jedes jeden jemand
irgendwo irgendwie irgendwas irgendwann immer wieder erst nochmal schonmal sonst trotzdem selbst selber ihnen sagen können
helfen hilfe mir erklären bitteschön stadt musterstadt amt leute mensch heute gestern eigentlich rein raus her hin ran los nämlich
so'n son nen n ner nem ick ik icke det dat wat ooch nich net isch ned i a mei mir hob is des ois kunnt ham hamse könnse müsste
kommen komme kommt stehen steht liegt liegen anrufen rufe ruf anruf telefon wegen bezüglich thema sache ding dings wohl mach's ists
gehört gilt gelten zwei drei`
	case "en":
		return `the a an and or but also only very so how what who whom where when why which i you he she it we they me him her us them my
your his its our their am is are was were be been being have has had do does did can could may might must shall should will would in on at
to from for with by of about as if that this these those there here now just please thanks thank hello hi good morning evening need want get
got go going make made take tell know ask question like yes no not any some much many more most all hey uh um well okay ok actually really
i'm i've i'd don't can't s t m re ve d ll one im ive dont cant whats wheres hows city town musterstadt office today help explain`
	}
	return ""
}
