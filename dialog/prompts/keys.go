package prompts

// Spec says what a prompt needs.
type Spec struct {
	Key    Key
	Places []string // names in braces that every wording must hold
	// Least is how many wordings a complete book has.
	Least int
	// Everywhere prompts stand in partial books too.
	Everywhere bool
	// Clerks hear it, not callers: German and English will do.
	Clerks bool
	// Machine prompts are about machine translation, and are said translated.
	Machine bool
}

// What the dialog says. The data files explain each by example.
const (
	Greeting    Key = "greeting"     // disclosure of the AI, not interruptible
	GreetingAsk Key = "greeting_ask" // opens the floor
	Hint        Key = "hint"         // in its own language, said in another one's greeting

	EmergencyFire    Key = "emergency_fire"
	EmergencyMedical Key = "emergency_medical"
	EmergencyPolice  Key = "emergency_police"
	EmergencySuicide Key = "emergency_suicide"
	EmergencyStill   Key = "emergency_still" // silence after an emergency
	EmergencyDoubt   Key = "emergency_doubt" // whether it is one
	EmergencyAside   Key = "emergency_aside" // before an answer, where it might be one

	AskMore  Key = "ask_more"
	AskElse  Key = "ask_else"
	NoMore   Key = "no_more"
	NextMore Key = "next_more"

	ClarifyOne   Key = "clarify_one"
	ClarifyTwo   Key = "clarify_two"
	ClarifyThree Key = "clarify_three"
	ClarifyWhich Key = "clarify_which"
	ClarifyKeys  Key = "clarify_keys"
	NoneOfThem   Key = "none_of_them"

	NoAnswer     Key = "no_answer"
	NoAnswerLast Key = "no_answer_last"
	OfferHuman   Key = "offer_human"
	HumanNo      Key = "human_no"
	SearchFailed Key = "search_failed"
	OnlyGerman   Key = "only_german" // the article has no variant in the caller's language
	Second       Key = "second"      // leads to the answer to a second concern

	Unheard      Key = "unheard"
	UnheardAgain Key = "unheard_again"
	UnheardLast  Key = "unheard_last"
	Silence1     Key = "silence_1"
	Silence2     Key = "silence_2"
	Silence3     Key = "silence_3"
	SilenceEnd   Key = "silence_end"

	Transferring   Key = "transferring"
	TransferFailed Key = "transfer_failed"
	NoTransfer     Key = "no_transfer"
	Decision       Key = "decision"

	NumberAsk       Key = "number_ask"
	NumberCaller    Key = "number_caller"
	NumberFurther   Key = "number_further"
	NumberMissing   Key = "number_missing"
	NumberLong      Key = "number_long"
	NumberRead      Key = "number_read"
	NumberConfirm   Key = "number_confirm"
	NumberWrong     Key = "number_wrong"
	NumberKeys      Key = "number_keys"
	NumberCleared   Key = "number_cleared"
	NumberCancelled Key = "number_cancelled"
	NumberDone      Key = "number_done"

	Repeat       Key = "repeat"
	Slower       Key = "slower"
	Faster       Key = "faster"
	Louder       Key = "louder"
	Simpler      Key = "simpler"
	EasyOn       Key = "easy_on"
	EasyOff      Key = "easy_off"
	LanguageOn   Key = "language_on"
	LanguageNone Key = "language_none"
	Waiting      Key = "waiting"
	WaitOver     Key = "wait_over"
	Continue     Key = "continue"
	StartOver    Key = "start_over"
	Back         Key = "back"
	BackNone     Key = "back_none"
	Stopped      Key = "stopped"
	Goodbye      Key = "goodbye"
	Thanks       Key = "thanks"
	Greet        Key = "greet"
	Robot        Key = "robot"
	Who          Key = "who"
	Help         Key = "help"
	Insult       Key = "insult"
	Manipulation Key = "manipulation"
	Source       Key = "source"
	SourceNone   Key = "source_none"
	Meaning      Key = "meaning"
	MeaningNone  Key = "meaning_none"
	KeysHelp     Key = "keys_help"
	YesWhat      Key = "yes_what"

	Degraded     Key = "degraded"
	DegradedItem Key = "degraded_item"
	DegradedMenu Key = "degraded_menu"
	Fault        Key = "fault" // the apology when a call must end

	FactFee         Key = "fact_fee"
	FactDocuments   Key = "fact_documents"
	FactDeadline    Key = "fact_deadline"
	FactAppointment Key = "fact_appointment"
	FactOnline      Key = "fact_online"
	FactPhone       Key = "fact_phone"
	FactHours       Key = "fact_hours"
	FactDuration    Key = "fact_duration"
	FactAddress     Key = "fact_address"

	InsultFirm Key = "insult_firm" // once in a call, before a human is offered

	Translated    Key = "translated"     // notice before a text that a machine translated
	OfferGerman   Key = "offer_german"   // there is only a German text: read it?
	GermanRefused Key = "german_refused" // then a human

	// In languages without a book of their own.
	GreetingMachine Key = "greeting_machine" // the bot's words are translated
	LanguageMachine Key = "language_machine" // instead of LanguageOn
	MachineText     Key = "machine_text"     // a text that cannot be translated follows in English
	MachineDown     Key = "machine_down"     // nothing can be translated now: the bot goes on in this language

	Spelled   Key = "spelled"
	SpellWhat Key = "spell_what" // nothing was said that could be spelt

	Announcing    Key = "announcing"     // leads to the city's announcement in the greeting
	AnnouncingNow Key = "announcing_now" // the same within a call
	// AnnouncingOther says that the announcement has no text in the caller's language.
	AnnouncingOther Key = "announcing_other"

	Resume Key = "resume" // back to what was talked about
	Busy   Key = "busy"   // many people call: a callback instead of waiting

	SmallTalk Key = "small_talk"
	Unsure    Key = "unsure" // whether an answer is sure: it was reviewed

	Dot    Key = "dot"    // in the name of a site, as it is spoken
	Hyphen Key = "hyphen" // when it is spelt

	WaitPosition      Key = "wait_position"
	WaitNext          Key = "wait_next" // the first in the queue
	WaitEstimate      Key = "wait_estimate"
	WaitEstimateShort Key = "wait_estimate_short" // about a minute
	WaitCallback      Key = "wait_callback"
	WaitStill         Key = "wait_still"
	WaitRinging       Key = "wait_ringing"
	ConnectedPerson   Key = "connected_person"
	OnHold            Key = "on_hold"
	BackFromHold      Key = "back_from_hold"
	PersonLost        Key = "person_lost" // their line broke
	PersonLeft        Key = "person_left" // they hung up: goodbye
	ListenNotice      Key = "listen_notice"
	TransferOnward    Key = "transfer_onward"
	CallbackTaken     Key = "callback_chosen" // the place is kept
	BackAgain         Key = "returned"        // a person gave the caller back
	ClosedNow         Key = "closed"
	ClosedUntil       Key = "closed_until"
	Today             Key = "today" // {day} of the above
	Tomorrow          Key = "tomorrow"
	Promise           Key = "promise" // of an answer, when nobody can be reached now

	InterpretNotice  Key = "interpret_notice" // to both: a machine interprets and may err
	InterpretOn      Key = "interpret_on"
	InterpretOff     Key = "interpret_off"
	InterpretRepeat  Key = "interpret_repeat"  // heard badly: not translated
	InterpretSlower  Key = "interpret_slower"  // to who talks over the translation
	InterpretFailed  Key = "interpret_failed"  // to the speaker
	InterpretBroken  Key = "interpret_broken"  // to both: nothing is translated now
	InterpretConfirm Key = "interpret_confirm" // numbers and days as they were heard
	InterpretCut     Key = "interpret_cut"     // a translation was broken off

	Briefing       Key = "briefing"
	BriefingAccept Key = "briefing_accept"
	BriefingGone   Key = "briefing_gone"

	SumConcern     Key = "sum_concern"
	SumConcernNone Key = "sum_concern_none"
	SumAlarm       Key = "sum_alarm"
	SumTopic       Key = "sum_topic"
	SumTopicNone   Key = "sum_topic_none"
	SumEarlier     Key = "sum_earlier"
	SumAnswer      Key = "sum_answer"
	// SumConcernMachine adds what a machine made of a concern in another language.
	SumConcernMachine Key = "sum_concern_machine"
	SumAnswerMachine  Key = "sum_answer_machine"
	SumSourceNone     Key = "sum_source_none"
	SumForm           Key = "sum_form"
	SumSlot           Key = "sum_slot"
	SumMissing        Key = "sum_missing"
	SumRequest        Key = "sum_request"
	OpenUnanswered    Key = "open_unanswered"
	OpenWish          Key = "open_wish"
	OpenDecision      Key = "open_decision"
	OpenForm          Key = "open_form"
	OpenMisheard      Key = "open_misheard"
	ShortAlarm        Key = "short_alarm"
	ShortNone         Key = "short_none"    // no concern was named
	ShortForeign      Key = "short_foreign" // the concern is in another language

	DateForm Key = "date"
	Answers  Key = "answers" // not spoken: short answers, for the recogniser
)

// EmergencyAid tells somebody who writes how to call for help without speaking.
const EmergencyAid Key = "written_emergency_aid"

// Written is the variant of a prompt for people who read and write: without
// keys, hearing and telephones. Has tells whether there is one.
func Written(key Key) Key { return "written_" + key }

// ofItsLanguage are the prompts that name the language they are said in.
func ofItsLanguage(key Key) bool {
	switch key {
	case Hint, Written(Hint), LanguageOn, AnnouncingOther, MachineDown, Written(MachineDown):
		return true
	}
	return false
}

// written are the prompts with such variants.
func written() []Key {
	return []Key{
		Greeting, Hint, Greet, Goodbye, Robot, Who, Help, Insult, Manipulation, ClarifyWhich, ClarifyKeys,
		Unheard, UnheardLast, Silence1, SilenceEnd, Transferring,
		NumberAsk, NumberFurther, NumberMissing, NumberConfirm, NumberKeys, NumberDone,
		Source, MeaningNone, KeysHelp, Unsure, Fault, Slower, Faster, Louder,
		WaitCallback, WaitStill, PersonLeft, PersonLost, ListenNotice, BackAgain, MachineDown,
	}
}

// Keys lists every prompt with what it needs.
func Keys() []Spec {
	all := spoken()
	heard := map[Key]Spec{}
	for _, s := range all {
		heard[s.Key] = s
	}
	for _, k := range written() {
		all = append(all, Spec{Key: Written(k), Least: 1, Places: heard[k].Places, Machine: heard[k].Machine})
	}
	return append(all, Spec{Key: EmergencyAid, Least: 1})
}

func spoken() []Spec {
	s := func(k Key, least int, places ...string) Spec { return Spec{Key: k, Least: least, Places: places} }
	all := func(k Key, least int, places ...string) Spec {
		return Spec{Key: k, Least: least, Places: places, Everywhere: true}
	}
	machine := func(k Key, least int) Spec { return Spec{Key: k, Least: least, Machine: true} }
	clerks := func(k Key, places ...string) Spec { return Spec{Key: k, Least: 1, Places: places, Clerks: true} }
	return []Spec{
		s(Greeting, 1, "city"), s(GreetingAsk, 1), s(Hint, 1),
		all(EmergencyFire, 2), all(EmergencyMedical, 2), all(EmergencyPolice, 2), all(EmergencySuicide, 2),
		s(EmergencyStill, 2), s(EmergencyDoubt, 2), s(EmergencyAside, 1),
		s(AskMore, 5), s(AskElse, 5), s(NoMore, 3), s(NextMore, 3),
		s(ClarifyOne, 3, "a"), s(ClarifyTwo, 3, "a", "b"), s(ClarifyThree, 3, "a", "b", "c"),
		s(ClarifyWhich, 3), s(ClarifyKeys, 1), s(NoneOfThem, 2),
		s(NoAnswer, 3), s(NoAnswerLast, 2), s(OfferHuman, 3), s(HumanNo, 2),
		s(SearchFailed, 2), s(OnlyGerman, 2), s(Second, 2),
		s(Unheard, 4), s(UnheardAgain, 3), s(UnheardLast, 2),
		s(Silence1, 3), s(Silence2, 3), s(Silence3, 2), s(SilenceEnd, 2),
		s(Transferring, 2, "department"), s(TransferFailed, 2), s(NoTransfer, 3), s(Decision, 2),
		s(NumberAsk, 3), s(NumberCaller, 2, "tail"), s(NumberFurther, 3, "number"), s(NumberMissing, 3),
		s(NumberLong, 2), s(NumberRead, 3, "number"), s(NumberConfirm, 3), s(NumberWrong, 3),
		s(NumberKeys, 2), s(NumberCleared, 2), s(NumberCancelled, 2), s(NumberDone, 2, "reference"),
		s(Repeat, 4), s(Slower, 3), s(Faster, 3), s(Louder, 3), s(Simpler, 3), s(EasyOn, 2), s(EasyOff, 2),
		s(LanguageOn, 2), all(LanguageNone, 1), s(Waiting, 3), s(WaitOver, 2), s(Continue, 2),
		s(StartOver, 3), s(Back, 3), s(BackNone, 2), s(Stopped, 3), s(Goodbye, 3), s(Thanks, 3), s(Greet, 3),
		s(Robot, 3), s(Who, 2, "city"), s(Help, 2), s(Insult, 3), s(Manipulation, 3),
		s(Source, 2, "title", "host", "date"), s(SourceNone, 2), s(Meaning, 2, "meaning"), s(MeaningNone, 2),
		s(KeysHelp, 2), s(YesWhat, 3),
		s(Degraded, 2), s(DegradedItem, 1, "title", "key"), s(DegradedMenu, 2), s(Fault, 1),
		s(FactFee, 1, "text"), s(FactDocuments, 1, "text"), s(FactDeadline, 1, "text"), s(FactAppointment, 1, "text"),
		s(FactOnline, 1, "text"), s(FactPhone, 1, "text"), s(FactHours, 1, "text"), s(FactDuration, 1, "text"), s(FactAddress, 1, "text"),
		s(InsultFirm, 1), s(Translated, 2), s(OfferGerman, 2), s(GermanRefused, 1),
		s(Dot, 1), s(Hyphen, 1), s(Spelled, 2, "spelling"), s(SpellWhat, 1),
		s(Announcing, 1), s(AnnouncingNow, 1), s(AnnouncingOther, 1), s(Resume, 2), s(Busy, 2),
		s(SmallTalk, 3), s(Unsure, 2, "date"),
		s(WaitPosition, 2, "position"), s(WaitNext, 2), s(WaitEstimate, 2, "minutes"), s(WaitEstimateShort, 2),
		s(WaitCallback, 2), s(WaitStill, 3), s(WaitRinging, 2), s(ConnectedPerson, 2),
		s(OnHold, 1), s(BackFromHold, 1), s(PersonLost, 1), s(PersonLeft, 1), s(ListenNotice, 1),
		s(TransferOnward, 2, "department"), s(CallbackTaken, 2), s(BackAgain, 2),
		s(ClosedNow, 2, "department"), s(ClosedUntil, 2, "department", "day", "time"), s(Today, 1), s(Tomorrow, 1), s(Promise, 2),
		machine(GreetingMachine, 1), machine(LanguageMachine, 1), machine(MachineText, 1), machine(MachineDown, 1),
		s(InterpretNotice, 1), s(InterpretOn, 1), s(InterpretOff, 1), s(InterpretRepeat, 2), s(InterpretSlower, 2),
		s(InterpretFailed, 2), s(InterpretBroken, 1), s(InterpretConfirm, 2, "values"), s(InterpretCut, 1),
		clerks(Briefing, "language", "concern", "open"), clerks(BriefingAccept), clerks(BriefingGone),
		clerks(SumConcern, "concern"), clerks(SumConcernMachine, "concern", "meant"), clerks(SumConcernNone), clerks(SumAlarm, "line"), clerks(SumTopic, "topic"), clerks(SumTopicNone),
		clerks(SumEarlier, "concern"), clerks(SumAnswer, "title", "text", "source", "percent"),
		clerks(SumAnswerMachine, "title", "text", "source", "percent"), clerks(SumSourceNone),
		clerks(SumForm, "form"), clerks(SumSlot, "title", "value"), clerks(SumMissing, "titles"), clerks(SumRequest, "reference"),
		clerks(OpenUnanswered), clerks(OpenWish), clerks(OpenDecision), clerks(OpenForm), clerks(OpenMisheard),
		clerks(ShortAlarm), clerks(ShortNone), clerks(ShortForeign, "language"),
		s(Answers, 1),
		s(DateForm, 1, "day", "month", "year"),
	}
}
