/** The course's own words in simplified Chinese. */
export const zh: Readonly<Record<string, string>> = {
  // signs between words
  ': ': '：',
  '; ': '；',
  ', ': '、',
  ' and ': ' 和 ',
  '{list} and {last}': '{list} 和 {last}',
  '{name}.': '{name}。',
  '{sentence}.': '{sentence}。',
  '{word} ({why})': '{word}（{why}）',
  '{one}, {other}': '{one}，{other}',
  '{first} {next}': '{first}{next}',
  '{number} %': '{number}%',

  // claims
  'Claim met': '论断成立',
  'Claim NOT met': '论断不成立',
  'Claim does not apply': '论断不适用',
  'Measured {measured}; claimed {bound}.': '测得 {measured}；论断：{bound}。',
  'Measured {measured}; with {at} claimed {bound}.': '测得 {measured}；{at} 时的论断：{bound}。',
  '{name} is {value}, not {claimedAt}': '{name} 是 {value}，不是 {claimedAt}',
  'at least {limit}': '至少 {limit}',
  'at most {limit}': '至多 {limit}',
  'above {limit}': '大于 {limit}',
  'below {limit}': '小于 {limit}',
  'exactly {limit}': '恰好 {limit}',
  '○ Notebook {number} does not lie beside this one: its claims are not shown.':
    '○ 第 {number} 课的笔记本不在旁边：它的论断无法显示。',
  '{title}: {met} of {of} claims met': '{title}：{of} 条论断中有 {met} 条成立',
  '{title}: {met} of {of} claims met, {beside} at other knobs than the claimed ones':
    '{title}：{of} 条论断中有 {met} 条成立，另有 {beside} 条的旋钮不是论断所说的值',
  'Does not apply: the knobs were others.': '不适用：当时的旋钮是别的值。',

  // exercises
  'Exercise open': '练习待做',
  'Not yet': '还不对',
  Solved: '做对了',
  'No answer yet: write it into the cell above, then run that cell and this one.':
    '还没有答案：写进上面的单元格，先运行那个单元格，再运行这一个。',
  'An entry of the answer is still missing.': '答案里还缺一项。',
  'The answer does not pass the check.': '答案没有通过检查。',
  'A number of the answer is not a number (NaN).': '答案里有一个数不是数（NaN）。',
  'A number of the answer is a text: write it without quotation marks.':
    '答案里有一个数写成了文字：去掉引号。',
  'Your function threw: {error}': '你的函数抛出了错误：{error}',
  'What the function returns has another form than the exercise asks for: compare it with the cell above.':
    '函数返回的东西，形式与练习要求的不同：和上面的单元格对照一下。',
  'The answer has another form than the exercise asks for: compare it with the cell above.':
    '答案的形式与练习要求的不同：和上面的单元格对照一下。',
  'The check stopped with an error: {error}': '检查因错误而中止：{error}',
  'It changes its {place} argument: work on a copy.': '它改动了自己的第{place}个参数：请在副本上做。',
  first: '一',
  second: '二',
  third: '三',
  fourth: '四',
  fifth: '五',
  'The function returns nothing yet: fill in its body in the cell above.':
    '函数还没有返回任何东西：在上面的单元格里补全函数体。',
  'The answer must be a number, got {got}.': '答案必须是一个数，得到的却是：{got}。',
  'The answer is not a number (NaN).': '答案不是数（NaN）。',
  'The answer must be a function, got {got}.': '答案必须是一个函数，得到的却是：{got}。',
  '{value} is too large.': '{value} 太大了。',
  '{value} is too small.': '{value} 太小了。',
  'For the input {input}: {difference}': '输入为 {input} 时：{difference}',
  'Your function, called with {input}, threw: {error}': '以 {input} 调用你的函数，它抛出了错误：{error}',
  'Still missing: {what}.': '还缺{what}。',
  'entry {place}': '第 {place} 项',
  'the value': '这个值',
  'a value': '一个值',
  '{what} must be a number, got {got}.': '{what}必须是一个数，得到的却是：{got}。',
  '{what} is not a number (NaN).': '{what}不是数（NaN）。',
  '{what}, {value}, is too large.': '{what}（{value}）太大了。',
  '{what}, {value}, is too small.': '{what}（{value}）太小了。',
  '{what} must be an array, got {got}.': '{what}必须是数组，得到的却是：{got}。',
  '{what} must have {expected} entries, got {got}.': '{what}必须有 {expected} 项，得到的是 {got} 项。',
  '{what} must be an object, got {got}.': '{what}必须是对象，得到的却是：{got}。',
  '{what}, {value}, is not right.': '{what}（{value}）不对。',
  "the text '{value}'": '文字 ‘{value}’',
  'an array of {length}': '有 {length} 项的数组',
  'a matrix': '矩阵',
  'an object': '对象',
  'a function': '函数',

  // knobs
  '{name} = {value} lies outside its range {range}; go on, but expect surprises.':
    '{name} = {value} 超出了它的范围 {range}；可以继续，但结果可能出人意料。',
  '{name} {broken}, got {value}.': '{name} {broken}，现在是 {value}。',
  'must be a number': '必须是数',
  'must be a text': '必须是文字',
  'must be a true or false': '必须是 true 或 false',
  'must be a list of numbers': '必须是一列数',
  'must be a list of {length} numbers': '必须是 {length} 个数组成的一列',
  'must be one of {range}': '必须是 {range} 之一',
  'must be finite': '必须是有限的数',
  'must be a whole number': '必须是整数',

  // results that are kept
  "'{name}' ran before with these settings: its result is read from {file}.":
    '‘{name}’ 以同样的设置运行过：结果从 {file} 读取。',
  "'{name}': the kept result {file} is damaged; it is computed anew.":
    '‘{name}’：存下的结果 {file} 已经损坏，重新计算。',
  "'{name}': {why}, so its result is not kept: next time it is computed anew.":
    '‘{name}’：{why}，所以结果没有存下，下次要重新计算。',
  'the disk is full': '磁盘满了',
  'no more disk space is granted': '磁盘配额用完了',
  'nothing can be written to {folder}': '{folder} 不能写入',

  // the installation
  '✓ Nothing is broken.': '✓ 没有任何东西损坏。',
  '{count} broken.': '有 {count} 处损坏。',
  '{problem}. To mend it:': '{problem}。修复办法：',
  missing: '没有',
  Backend: '后端',
  Cores: '核心数',
  'no native library': '没有原生库',

  // a training
  'The training': '训练',
  'Epoch {epoch} of {epochs}': '第 {epoch} 轮，共 {epochs} 轮',
  'loss {loss}': '损失 {loss}',
  'accuracy {share}': '准确率 {share}',
  '{speed} examples/s': '每秒 {speed} 个样本',
  '{time} left': '还需 {time}',
  'loss, log scale': '损失，对数刻度',
  'accuracy, %': '准确率（%）',
  '{name}; points: validation': '{name}；点：验证',
  '{legend}, so far': '{legend}，到目前为止',
  Loss: '损失',
  Accuracy: '准确率',
  epochs: '轮数',
  'cross-entropy': '交叉熵',
  nats: '奈特',
  'right answers': '答对的比例',
  diverged: '发散',
  stopped: '中断',
  'each batch': '逐个批量',
  'mean over {window} batches': '{window} 个批量的平均',
  'training digits, {batches}': '训练样本，{batches}',
  'validation digits, after each epoch': '验证样本，每轮之后',
  'the loss is no longer finite in epoch {epoch}, at step {step}':
    '第 {epoch} 轮第 {step} 步，损失不再是有限的数',
  'interrupted in epoch {epoch} after step {step}; {end}': '在第 {epoch} 轮第 {step} 步之后中断；{end}',
  '{share} of the validation digits read correctly after 1 epoch': '一轮之后，验证样本答对 {share}',
  '{share} of the validation digits read correctly after {epochs} epochs':
    '{epochs} 轮之后，验证样本答对 {share}',
  '{share} of the training digits read correctly, mean over epoch {epoch}':
    '训练样本答对 {share}，第 {epoch} 轮的平均',
  '{share} of the training digits read correctly, mean over one batch':
    '训练样本答对 {share}，一个批量的平均',
  '{share} of the training digits read correctly, mean over {window} batches':
    '训练样本答对 {share}，{window} 个批量的平均',

  'Training was interrupted in epoch {epoch} of {epochs}, after step {step}. The model keeps what it learnt until then.':
    '训练在第 {epoch} 轮（共 {epochs} 轮）第 {step} 步之后中断。模型保留到那时为止学到的东西。',
  'Training stopped in epoch {epoch}, at step {step}: the loss is {loss}, no longer a finite number. Make the model anew and train it with a smaller learning rate.':
    '训练在第 {epoch} 轮第 {step} 步停止：损失是 {loss}，不再是有限的数。请重新创建模型，用更小的学习率训练。',
  'Training stopped in epoch {epoch}, after step {step}, because model.stopTraining was set. The model keeps what it learnt until then.':
    '训练在第 {epoch} 轮第 {step} 步之后停止，因为设置了 model.stopTraining。模型保留到那时为止学到的东西。',
  'Training was interrupted after step {step} of {steps}. The GPT keeps what it learnt until then.':
    '训练在第 {step} 步（共 {steps} 步）之后中断。GPT 保留到那时为止学到的东西。',
  'Training stopped at step {step} of {steps}: the loss is no longer a finite number. Make the GPT anew, and train it with a smaller learning rate.':
    '训练在第 {step} 步（共 {steps} 步）停止：损失不再是有限的数。请重新创建 GPT，用更小的学习率训练。',

  step: '步',
  loss: '损失',
  written: '写出的',

  // the data and the backend
  '{name}: {learnt} digits to learn from, {chosen} to choose by, {judged} to be judged by.':
    '{name}：{learnt} 个样本用来学，{chosen} 个用来挑选，{judged} 个用来评判。',
  '{name}: {learnt} digits to learn from, {judged} to be judged by.':
    '{name}：{learnt} 个样本用来学，{judged} 个用来评判。',
  '{title}: {learnt} letters to learn from, {chosen} to choose by, {judged} to be judged by.':
    '{title}：{learnt} 个字母用来学，{chosen} 个用来挑选，{judged} 个用来评判。',
  'Native TensorFlow {version}': '原生 TensorFlow {version}',
  'TensorFlow.js {version} in WebAssembly': 'WebAssembly 版 TensorFlow.js {version}',
  'TensorFlow.js {version} in plain JavaScript': '纯 JavaScript 版 TensorFlow.js {version}',
  'TensorFlow.js {version} through WebGPU': 'WebGPU 版 TensorFlow.js {version}',
  '{backend} runs{more}.': '{backend} 正在运行{more}。',
  ' on {device}': '（{device}）',
  ', because {why}': '，原因：{why}',
  ", without the course's own operations: {why}": '，没有用上课程自带的运算：{why}',

  // the pad
  'A pad to draw a digit on: it needs a notebook with scripts, such as JupyterLab.':
    '用来画数字的画板：需要能运行脚本的笔记本，比如 JupyterLab。',
  'Here is a pad to draw a digit on. It needs scripts: open this notebook in JupyterLab and run the cell, or, if you trust the notebook, choose "Trust Notebook" from the command palette.':
    '这里是用来画数字的画板。它需要脚本：在 JupyterLab 里打开这个笔记本，运行这个单元格；如果你信任这个笔记本，也可以在命令面板里选择 “Trust Notebook”。',
  'Draw a digit': '画一个数字',
  'Draw a digit.': '画一个数字。',
  'Too small to read: go on drawing.': '太小了，认不出来：接着画。',
  'I read {digit}, with probability {share}.': '我认出的是 {digit}，概率 {share}。',
  'Pad to draw a digit on. Arrow keys move the pen, space lowers and lifts it, Delete clears.':
    '用来画数字的画板。方向键移动笔，空格键落笔和提笔，Delete 键清空。',
  Clear: '清空',
  Pen: '笔',
  'Width of the pen, in pixels of the picture that the network sees': '笔的粗细，以网络所见图像的像素计',
  'Scale and centre as MNIST did': '像 MNIST 那样缩放并居中',
  'What the network sees, 28 × 28:': '网络看到的，28 × 28：',
  'The drawing as the network sees it, 28 by 28 pixels': '网络看到的画，28 乘 28 像素',
  'Probability of each digit': '每个数字的概率',
  'Draw with mouse, pen or finger. By keyboard: arrow keys move the pen, space lowers and lifts it, Delete clears.':
    '用鼠标、触控笔或手指画。用键盘：方向键移动笔，空格键落笔和提笔，Delete 键清空。',

  // figures
  'bias and ReLU': '偏置与 ReLU',
  '{title} ({unit})': '{title}（{unit}）',
  ink: '墨量',
  'picture {index}': '第 {index} 幅',
  'negative weight': '负权重',
  'positive weight': '正权重',
  '1 unit': '1 个单元',
  '{units} units': '{units} 个单元',
  '{layer}, unit {unit}': '{layer}，第 {unit} 个单元',
  'mistakes (examples)': '错误（样本数）',
  '{count} examples': '{count} 个样本',
  '{axis} near {place}: {value}': '{axis}约 {place}：{value}',
  'step {step}': '第 {step} 步',
  'Figure: {title}': '图：{title}',
  ' ({y} over {x})': '（纵轴 {y}，横轴 {x}）',
  ', {count} steps': '，共 {count} 步',
  Horizontal: '横轴',
  Vertical: '纵轴',
  Frames: '各帧',
  'confidence, mean of the bin': '置信度，区间内的平均',
  'share of these answers that is right': '这些回答中答对的比例',
  calibrated: '校准',
  'class {label}': '类别 {label}',
  minimum: '极小值点',
  value: '值',
  gradient: '梯度',
  'predicted class': '预测类别',
  'true class': '真实类别',
  'cosine similarity': '余弦相似度',
  'probability of {name} (%)': '“{name}”的概率（%）',
  'The fastest: {list}': '最快的：{list}',
  'time per epoch': '每轮的时间',
  program: '程序',
  fused: '融合步',
  compiled: '编译',
  '1 thread': '1 个线程',
  '{count} threads': '{count} 个线程',
  'all threads': '全部线程',
  page: '网页',
  'GPT step': 'GPT 的一步',
  'batch {size}': '批量 {size}',
  'batch size {size}': '批量大小 {size}',
  '{name} with batches of {sizes}': '{name}（批量大小 {sizes}）',
};
