// Sentences become sound: the service gives audio and the times of words, the
// browser's audio clock says which word is heard now.
function fetcher(host) {
  var kept = new Map(), gone = new AbortController();

  async function ask(wish) {
    var response = await fetch(host + "/api/v1/read", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wish),
      credentials: "omit", referrerPolicy: "no-referrer", signal: gone.signal
    });
    if (!response.ok) throw Object.assign(new Error("read aloud: " + response.status), { status: response.status, wait: Math.min(+response.headers.get("Retry-After") || 2, 10) });
    var reading = await response.json();
    reading.samples = samples(reading.audio);
    delete reading.audio;
    return reading;
  }

  // samples of a WAV file of 16 bit after its header.
  function samples(base64) {
    var data = atob(base64), n = Math.max(0, (data.length - 44) >> 1), out = new Float32Array(n);
    for (var i = 0; i < n; i++) out[i] = (((data.charCodeAt(45 + 2 * i) << 24) >> 16) | data.charCodeAt(44 + 2 * i)) / 32768;
    return out;
  }

  return {
    // get asks once for each wish; the last few are kept.
    get: function (wish) {
      var key = JSON.stringify(wish), found = kept.get(key);
      if (!found) {
        found = ask(wish);
        found.catch(function () { kept.delete(key); });
        kept.set(key, found);
        if (kept.size > 6) kept.delete(kept.keys().next().value);
      }
      return found;
    },
    stop: function () { gone.abort(); gone = new AbortController(); kept.clear(); }
  };
}

var RATE = 16000; // samples a second of the service's audio

function speaker() {
  var context = null, source = null, begun = 0;

  function silence() {
    if (!source) return;
    source.onended = null;
    source.stop();
    source = null;
  }

  return {
    // wake is called while somebody presses a button: browsers want that.
    wake: function () {
      if (navigator.audioSession) navigator.audioSession.type = "playback"; // heard on a phone whose ringer is off
      context = context || new AudioContext();
      return context.resume();
    },
    play: function (reading, pause, over) {
      silence();
      var buffer = context.createBuffer(1, Math.max(1, reading.samples.length + Math.round(pause * RATE)), RATE);
      buffer.copyToChannel(reading.samples, 0);
      source = context.createBufferSource();
      source.buffer = buffer;
      source.connect(context.destination);
      source.onended = over;
      begun = context.currentTime;
      source.start();
    },
    pause: function () { return context && context.suspend(); },
    stop: function () { silence(); if (context) context.suspend(); },
    // time in the sentence that is heard now, in seconds.
    time: function () { return source ? context.currentTime - begun - (context.outputLatency || context.baseLatency || 0) : 0; }
  };
}
