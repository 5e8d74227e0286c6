// Package rooms holds meetings with live subtitles while they last: committed
// words of several inputs flow in, are cut into cues, corrected by editors and
// translated once per language, and flow out as events that thousands of
// viewers follow without slowing each other.
//
// A Lobby finds rooms by their code, a Room is one meeting with one goroutine
// that owns it, a Hub passes its events on. Nothing here touches a disk, a
// socket or audio. By default nothing is left when a meeting ends.
package rooms
