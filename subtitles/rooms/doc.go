// Package rooms holds meetings with live subtitles while they last: committed
// words of several inputs flow in, are cut into cues, corrected by editors and
// translated once per language, and flow out as events that thousands of
// viewers follow without slowing each other.
//
// A Lobby finds rooms by their code, a Room is one meeting with one goroutine
// that owns it, a Hub passes its events on. Nothing here touches a disk, a
// socket or audio. By default nothing is left when a meeting ends.
//
// # What viewers get
//
// A page takes a Snapshot of its track and follows it from Snapshot.ID; when it
// comes back it follows from the id of the last event it had. Ids are those of
// all tracks: who follows two takes both Snapshots at once and has one position.
// Event.Wire is a whole server-sent event, and names its tracks. Per sentence and
// track come, in this order: "words" of the original as they are settled (block
// style may pass over them), in fast mode "tail" and "prefix", then one "cue"
// after the other, which stand for the words in them. After a correction, or
// when a translation comes late, "replace" stands for all cues of the sentence.
// Between what comes and what the sentence has stands a space, unless it is
// "glued". What recognition corrects by itself is only what waits for an editor:
// nobody sees it change. "retract" takes all of an input away, "gap" says that
// something is missing: take a new snapshot. Texts and names are text and never
// markup.
//
// # What stays
//
// Words from pauses, from muted inputs and of speakers who refused are never
// published, however late they are recognised. Keeping has to be announced and
// chosen, and stays only what was said after every speaker in the room was told.
package rooms
