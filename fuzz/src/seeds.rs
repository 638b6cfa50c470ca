//! Writes the golden vectors out as the first inputs of the fuzz targets.

use std::fs;
use std::path::Path;

use serde_json::Value;

fn main() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (file, target) in [("commands", "decode_command"), ("events", "decode_event")] {
        let cases = read(&home.join(format!("../tests/vectors/{file}.json")));
        let all = [list(&cases, "valid"), list(&cases, "malformed")].concat();
        let inputs: Vec<_> = all.iter().map(|case| unhex(&case["hex"])).collect();
        write(&home.join("corpus").join(target), &inputs);
    }
    let cases = read(&home.join("../tests/vectors/frames.json"));
    let streams = list(&cases, "stream").into_iter().map(|case| {
        let chunks = list(&case, "chunks");
        chunks.iter().flat_map(unhex).collect()
    });
    let tagged = list(&cases, "tagged")
        .into_iter()
        .map(|case| unhex(&case["hex"]));
    // The first byte says how large the chunks are.
    let inputs: Vec<_> = streams
        .chain(tagged)
        .map(|bytes: Vec<u8>| [&[2], &bytes[..]].concat())
        .collect();
    write(&home.join("corpus/frames"), &inputs);
}

fn read(path: &Path) -> Value {
    let text = fs::read_to_string(path).expect("the golden vectors are in the repository");
    serde_json::from_str(&text).expect("the golden vectors are JSON")
}

fn list(value: &Value, key: &str) -> Vec<Value> {
    value[key].as_array().cloned().unwrap_or_default()
}

fn unhex(text: &Value) -> Vec<u8> {
    let digits = text.as_str().unwrap_or_default().as_bytes();
    let digit = |byte: u8| (byte as char).to_digit(16).unwrap_or_default() as u8;
    digits
        .chunks_exact(2)
        .map(|pair| digit(pair[0]) * 16 + digit(pair[1]))
        .collect()
}

fn write(folder: &Path, inputs: &[Vec<u8>]) {
    fs::create_dir_all(folder).expect("the corpus folder can be made");
    for (index, input) in inputs.iter().enumerate() {
        let path = folder.join(format!("golden-{index:03}"));
        fs::write(path, input).expect("the corpus folder can be written");
    }
}
